package io.kvasir.scheduler.admission;

import io.kvasir.scheduler.request.RequestError;

/** Whether a request was let in. */
public sealed interface AdmissionResult {

  /**
   * It is in.
   *
   * @param pass to be given back when it leaves
   */
  record Granted(Pass pass) implements AdmissionResult {}

  /**
   * It is not, and was charged nothing.
   *
   * @param error why, with a retry hint where a retry may help
   */
  record Refused(RequestError error) implements AdmissionResult {}
}

package io.kvasir.scheduler.request;

/** Whether a request was taken. */
public sealed interface SubmitResult {

  /** The request is in the queue; its listener will hear exactly one end. */
  record Accepted() implements SubmitResult {}

  /**
   * The request was not taken; its listener hears nothing.
   *
   * @param error why, with a retry hint where a retry may help
   */
  record Refused(RequestError error) implements SubmitResult {}
}

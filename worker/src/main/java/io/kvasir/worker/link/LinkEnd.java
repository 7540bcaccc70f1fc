package io.kvasir.worker.link;

/** Why a worker's link is over. */
public sealed interface LinkEnd {

  /** Its owner closed it. */
  record Closed() implements LinkEnd {}

  /**
   * The scheduler will not take this worker, however often it tries.
   *
   * @param reason for people
   */
  record Refused(String reason) implements LinkEnd {}

  /**
   * The worker cannot go on.
   *
   * @param reason for people
   */
  record Failed(String reason) implements LinkEnd {}
}

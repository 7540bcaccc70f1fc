package io.kvasir.scheduler.loop;

/** A worker answered what was not asked. Its connection is not used any more. */
final class WorkerProtocolException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  WorkerProtocolException(String message) {
    super(message);
  }
}

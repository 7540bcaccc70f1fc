package io.kvasir.scheduler.request;

/** Why a request ended. */
public enum FinishReason {
  /** An end-of-text token, a stop token or a stop string. */
  STOP,
  /** The request's token limit or the context length was reached. */
  LENGTH,
  /** The client asked, went away, or the server is shutting down. */
  ABORTED,
  /** Its deadline passed. */
  DEADLINE,
  /** Something failed; see {@link FinishedEvent#error}. */
  ERROR
}

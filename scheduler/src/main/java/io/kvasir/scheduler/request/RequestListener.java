package io.kvasir.scheduler.request;

/**
 * Hears of one request after its acceptance. Called on the scheduler loop: implementations only
 * enqueue. {@link #onFinished} is called exactly once and last.
 */
public interface RequestListener {

  /** A token was generated. */
  void onToken(TokenEvent token);

  /** Tokens that its client has not taken yet, as far as is known. */
  default int unreadTokens() {
    return 0;
  }

  /** It lost its blocks; more tokens come after {@link #onResumed}. */
  default void onPreempted(PreemptedEvent preempted) {}

  /** It got blocks again. */
  default void onResumed(ResumedEvent resumed) {}

  /** The request is over. */
  void onFinished(FinishedEvent finished);
}

package io.kvasir.scheduler.request;

import io.kvasir.worker.step.TokenScore;
import java.util.List;

/**
 * Hears of one request after its acceptance. Called on the scheduler loop: implementations only
 * enqueue. {@link #onFinished} is called exactly once and last.
 */
public interface RequestListener {

  /** A token was generated; who keeps it makes a {@link TokenEvent} of these. */
  void onToken(int index, int tokenId, String text, List<TokenScore> candidates);

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

package io.kvasir.loadtest.live;

import io.kvasir.loadtest.report.RequestEnd;
import io.kvasir.loadtest.workload.Arrival;

/**
 * A request that is over, with everything its client received.
 *
 * @param arrival what was asked
 * @param promptTokenIds the prompt as the model saw it; empty if it was not accepted
 * @param tokenIds the generated tokens
 * @param text the generated text
 * @param end how it ended
 */
public record Completion(
    Arrival arrival, int[] promptTokenIds, int[] tokenIds, String text, RequestEnd end) {
  /** Is told of completions, on the threads of the network; must not block. */
  @FunctionalInterface
  public interface Listener {
    /** A request is over. */
    void completed(Completion completion);
  }
}

package io.kvasir.loadtest.sim.engine;

import io.kvasir.loadtest.workload.Prompt;
import io.kvasir.loadtest.workload.Randomness;
import io.kvasir.loadtest.workload.Segment;
import io.kvasir.loadtest.workload.TokenSource;

/**
 * Token ids of simulated requests. Equal stretches of a workload's content are equal ids, so that
 * prefixes are shared in a simulation exactly where they are in the workload. Text counts as one
 * token per four characters; texts that begin alike begin with the same ids.
 *
 * <p>The answer to a synthetic prompt goes on where the prompt's last stretch ends. A conversation
 * whose next turn repeats the answer therefore repeats the very ids that were generated.
 */
public final class SimTokens {
  private static final int CHARACTERS_PER_TOKEN = 4;
  private static final long TEXT = Randomness.named(3, "text").nextLong();
  private static final long ANSWER = Randomness.named(4, "answer").nextLong();

  private final TokenSource source;

  /**
   * @param vocabularySize of the model, at least 8
   * @param seed equal seeds give equal ids
   */
  public SimTokens(int vocabularySize, long seed) {
    source = new TokenSource(vocabularySize, seed);
  }

  /** The ids of a prompt. */
  public int[] ids(Prompt prompt) {
    return switch (prompt) {
      case Prompt.Synthetic synthetic -> source.ids(synthetic);
      case Prompt.Text text -> ids(text.text());
    };
  }

  private int[] ids(String text) {
    int[] ids = new int[Math.max(1, Math.ceilDiv(text.length(), CHARACTERS_PER_TOKEN))];
    for (int i = 0; i < ids.length; i++) {
      int from = i * CHARACTERS_PER_TOKEN;
      String piece = text.substring(from, Math.min(text.length(), from + CHARACTERS_PER_TOKEN));
      ids[i] = source.id(TEXT, piece.hashCode());
    }
    return ids;
  }

  /** The stretch of content that answers a prompt, of one token; see {@link #id}. */
  Segment answer(Prompt prompt, long index) {
    if (prompt instanceof Prompt.Synthetic synthetic) {
      Segment last = synthetic.segments().getLast();
      return new Segment(last.stream(), last.offset() + last.tokens(), 1);
    }
    return new Segment(ANSWER + index, 0, 1);
  }

  /** The id of token {@code index} of an answer. */
  int id(Segment answer, int index) {
    return source.id(answer.stream(), answer.offset() + index);
  }
}

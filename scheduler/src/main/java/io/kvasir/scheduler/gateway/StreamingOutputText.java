package io.kvasir.scheduler.gateway;

import io.kvasir.scheduler.request.OutputText;
import io.kvasir.worker.model.tokenizer.IncrementalDetokenizer;

/**
 * Detokenizes one request's output and ends it at its stop strings. Confined to the scheduler loop.
 *
 * <p>The match that is completed first wins; of those that the same character completes, the
 * longest. So the outcome depends on the text only and not on how it was cut into tokens. Text is
 * held back exactly as long as it is the beginning of some stop string.
 */
public final class StreamingOutputText implements OutputText {
  private static final Piece NOTHING = new Piece("", false);

  private final IncrementalDetokenizer detokenizer;
  private final StopPatterns patterns;
  private final int[] matched;
  private final StringBuilder held = new StringBuilder();

  public StreamingOutputText(IncrementalDetokenizer detokenizer, StopPatterns patterns) {
    this.detokenizer = detokenizer;
    this.patterns = patterns;
    this.matched = new int[patterns.count()];
  }

  @Override
  public Piece append(int tokenId) {
    String text = detokenizer.append(tokenId);
    if (text.isEmpty()) {
      return NOTHING;
    }
    return patterns.count() == 0 ? new Piece(text, false) : take(text);
  }

  @Override
  public String finish() {
    Piece last = take(detokenizer.finish());
    String rest = last.stopped() ? last.text() : last.text() + held;
    held.setLength(0);
    return rest;
  }

  private Piece take(String text) {
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      held.append(next);
      int completed = advanceAll(next);
      if (completed > 0) {
        String before = held.substring(0, held.length() - completed);
        held.setLength(0);
        return new Piece(before, true);
      }
    }
    int keep = 0;
    for (int count : matched) {
      keep = Math.max(keep, count);
    }
    int send = held.length() - keep;
    String free = held.substring(0, send);
    held.delete(0, send);
    return new Piece(free, false);
  }

  /** Length of the longest stop string that {@code next} completes, or 0. */
  private int advanceAll(char next) {
    int completed = 0;
    for (int p = 0; p < matched.length; p++) {
      matched[p] = patterns.advance(p, matched[p], next);
      if (matched[p] == patterns.length(p)) {
        completed = Math.max(completed, matched[p]);
      }
    }
    return completed;
  }
}

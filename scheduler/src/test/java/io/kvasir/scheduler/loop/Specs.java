package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.request.SessionHints;
import io.kvasir.worker.sample.SamplingParams;
import org.jspecify.annotations.Nullable;

/** Makes request specs for tests. Each method changes a copy. */
final class Specs implements Cloneable {
  static final Specs PLAIN = new Specs();

  private String tenantId = "tenant";
  private String sessionId = "";
  private @Nullable SessionHints hints;
  private int priority;
  private boolean allowLossyKv;
  private int[] stopTokenIds = new int[0];
  private int ttftMillis;
  private int tbtMillis;
  private long arrivalNanos;
  private long deadlineNanos = Long.MAX_VALUE;

  private Specs() {}

  private Specs copy() {
    try {
      return (Specs) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  Specs tenant(String tenant) {
    Specs changed = copy();
    changed.tenantId = tenant;
    return changed;
  }

  /** A turn of a session. */
  Specs session(String id, @Nullable SessionHints given) {
    Specs changed = copy();
    changed.sessionId = id;
    changed.hints = given;
    return changed;
  }

  Specs priority(int value) {
    Specs changed = copy();
    changed.priority = value;
    return changed;
  }

  Specs allowLossyKv(boolean allow) {
    Specs changed = copy();
    changed.allowLossyKv = allow;
    return changed;
  }

  Specs stopTokens(int... ids) {
    Specs changed = copy();
    changed.stopTokenIds = ids;
    return changed;
  }

  /** Targets of the time to the first token and between tokens, 0: none. */
  Specs targets(int ttft, int tbt) {
    Specs changed = copy();
    changed.ttftMillis = ttft;
    changed.tbtMillis = tbt;
    return changed;
  }

  Specs arrival(long nanos) {
    Specs changed = copy();
    changed.arrivalNanos = nanos;
    return changed;
  }

  Specs deadline(long nanos) {
    Specs changed = copy();
    changed.deadlineNanos = nanos;
    return changed;
  }

  RequestSpec request(String id, int[] prompt, int maxTokens) {
    return new RequestSpec(
        id,
        tenantId,
        sessionId,
        priority,
        "",
        allowLossyKv,
        prompt,
        maxTokens,
        SamplingParams.GREEDY,
        0,
        stopTokenIds,
        ttftMillis,
        tbtMillis,
        arrivalNanos,
        deadlineNanos,
        hints);
  }

  /** A prompt of {@code length} tokens that starts like no prompt of another {@code start}. */
  static int[] prompt(int start, int length, int vocabularySize) {
    int[] prompt = new int[length];
    for (int i = 0; i < length; i++) {
      prompt[i] = 3 + (start * 31 + i * 7) % (vocabularySize - 3);
    }
    return prompt;
  }
}

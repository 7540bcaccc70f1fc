package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.request.SessionHints;
import io.kvasir.worker.sample.SamplingParams;
import org.jspecify.annotations.Nullable;

/** Makes request specs for tests. Immutable; each method answers a changed copy. */
record Specs(
    String tenantId,
    String sessionId,
    @Nullable SessionHints hints,
    int priority,
    int[] stopTokenIds,
    long arrivalNanos,
    long deadlineNanos) {

  static final Specs PLAIN = new Specs("tenant", "", null, 0, new int[0], 0, Long.MAX_VALUE);

  Specs tenant(String tenant) {
    return new Specs(tenant, sessionId, hints, priority, stopTokenIds, arrivalNanos, deadlineNanos);
  }

  /** A turn of a session. */
  Specs session(String id, @Nullable SessionHints given) {
    return new Specs(tenantId, id, given, priority, stopTokenIds, arrivalNanos, deadlineNanos);
  }

  Specs priority(int value) {
    return new Specs(tenantId, sessionId, hints, value, stopTokenIds, arrivalNanos, deadlineNanos);
  }

  Specs stopTokens(int... ids) {
    return new Specs(tenantId, sessionId, hints, priority, ids, arrivalNanos, deadlineNanos);
  }

  Specs arrival(long nanos) {
    return new Specs(tenantId, sessionId, hints, priority, stopTokenIds, nanos, deadlineNanos);
  }

  Specs deadline(long nanos) {
    return new Specs(tenantId, sessionId, hints, priority, stopTokenIds, arrivalNanos, nanos);
  }

  RequestSpec request(String id, int[] prompt, int maxTokens) {
    return new RequestSpec(
        id,
        tenantId,
        sessionId,
        priority,
        "",
        prompt,
        maxTokens,
        SamplingParams.GREEDY,
        0,
        stopTokenIds,
        0,
        0,
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

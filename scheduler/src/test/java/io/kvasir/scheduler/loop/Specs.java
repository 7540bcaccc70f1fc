package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.worker.sample.SamplingParams;

/** Makes request specs for tests. Immutable; each method answers a changed copy. */
record Specs(
    String tenantId,
    int priority,
    boolean allowLossyKv,
    int[] stopTokenIds,
    long arrivalNanos,
    long deadlineNanos) {

  static final Specs PLAIN = new Specs("tenant", 0, false, new int[0], 0, Long.MAX_VALUE);

  Specs tenant(String tenant) {
    return new Specs(tenant, priority, allowLossyKv, stopTokenIds, arrivalNanos, deadlineNanos);
  }

  Specs priority(int value) {
    return new Specs(tenantId, value, allowLossyKv, stopTokenIds, arrivalNanos, deadlineNanos);
  }

  Specs stopTokens(int... ids) {
    return new Specs(tenantId, priority, allowLossyKv, ids, arrivalNanos, deadlineNanos);
  }

  Specs arrival(long nanos) {
    return new Specs(tenantId, priority, allowLossyKv, stopTokenIds, nanos, deadlineNanos);
  }

  Specs deadline(long nanos) {
    return new Specs(tenantId, priority, allowLossyKv, stopTokenIds, arrivalNanos, nanos);
  }

  Specs allowLossyKv(boolean allow) {
    return new Specs(tenantId, priority, allow, stopTokenIds, arrivalNanos, deadlineNanos);
  }

  RequestSpec request(String id, int[] prompt, int maxTokens) {
    return new RequestSpec(
        id,
        tenantId,
        "",
        priority,
        "",
        allowLossyKv,
        prompt,
        maxTokens,
        SamplingParams.GREEDY,
        0,
        stopTokenIds,
        0,
        0,
        arrivalNanos,
        deadlineNanos);
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

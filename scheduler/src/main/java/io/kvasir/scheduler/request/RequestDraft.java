package io.kvasir.scheduler.request;

import io.kvasir.worker.sample.SamplingParams;
import org.jspecify.annotations.Nullable;

/** A {@link RequestSpec} in the making, which see for the meaning of the fields. */
public final class RequestDraft {
  private static final int[] NO_TOKENS = {};

  private final String requestId;
  private final String tenantId;
  private final int[] promptTokenIds;
  private final int maxTokens;
  private String sessionId = "";
  private @Nullable SessionHints hints;
  private int priority;
  private String cacheSalt = "";
  private boolean allowLossyKv;
  private SamplingParams sampling = SamplingParams.GREEDY;
  private int topCandidates;
  private int[] stopTokenIds = NO_TOKENS;
  private int ttftMillis;
  private int tbtMillis;
  private long arrivalNanos;
  private long deadlineNanos = Long.MAX_VALUE;

  RequestDraft(String requestId, String tenantId, int[] promptTokenIds, int maxTokens) {
    this.requestId = requestId;
    this.tenantId = tenantId;
    this.promptTokenIds = promptTokenIds;
    this.maxTokens = maxTokens;
  }

  public RequestDraft session(String id, @Nullable SessionHints given) {
    sessionId = id;
    hints = given;
    return this;
  }

  public RequestDraft priority(int value) {
    priority = value;
    return this;
  }

  public RequestDraft cacheSalt(String value) {
    cacheSalt = value;
    return this;
  }

  public RequestDraft allowLossyKv(boolean value) {
    allowLossyKv = value;
    return this;
  }

  public RequestDraft sampling(SamplingParams value) {
    sampling = value;
    return this;
  }

  public RequestDraft topCandidates(int value) {
    topCandidates = value;
    return this;
  }

  public RequestDraft stopTokenIds(int... value) {
    stopTokenIds = value;
    return this;
  }

  /** Targets of the time to the first token and between tokens, milliseconds, 0: none. */
  public RequestDraft targets(int ttft, int tbt) {
    ttftMillis = ttft;
    tbtMillis = tbt;
    return this;
  }

  public RequestDraft arrivalNanos(long value) {
    arrivalNanos = value;
    return this;
  }

  public RequestDraft deadlineNanos(long value) {
    deadlineNanos = value;
    return this;
  }

  public RequestSpec build() {
    return new RequestSpec(
        requestId,
        tenantId,
        sessionId,
        priority,
        cacheSalt,
        allowLossyKv,
        promptTokenIds,
        maxTokens,
        sampling,
        topCandidates,
        stopTokenIds,
        ttftMillis,
        tbtMillis,
        arrivalNanos,
        deadlineNanos,
        hints);
  }
}

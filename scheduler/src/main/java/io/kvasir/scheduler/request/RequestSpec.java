package io.kvasir.scheduler.request;

import io.kvasir.worker.sample.SamplingParams;
import org.jspecify.annotations.Nullable;

/**
 * A validated request as the scheduler takes it. Arrays are never written after construction.
 *
 * @param requestId unique among the requests in the system
 * @param tenantId who pays
 * @param sessionId the conversation; may be empty
 * @param priority higher is served first, under the priority policy; no higher than its tenant's
 *     class allows
 * @param cacheSalt may be empty; prefixes are shared only with equal tenant and salt
 * @param allowLossyKv whether KV that went through a lossy codec may be used
 * @param promptTokenIds at least one token
 * @param maxTokens most tokens to generate, at least 1
 * @param sampling how to choose tokens
 * @param topCandidates most likely tokens to report with each token
 * @param stopTokenIds ids that end the generation (end-of-text tokens included unless ignored)
 * @param ttftMillis target, the tighter of its own and its tenant's; 0: none
 * @param tbtMillis target, likewise
 * @param arrivalNanos on the server's monotonic clock
 * @param deadlineNanos on the same clock; {@link Long#MAX_VALUE}: none
 * @param hints what is to become of the session's KV; null: nothing was said
 */
public record RequestSpec(
    String requestId,
    String tenantId,
    String sessionId,
    int priority,
    String cacheSalt,
    boolean allowLossyKv,
    int[] promptTokenIds,
    int maxTokens,
    SamplingParams sampling,
    int topCandidates,
    int[] stopTokenIds,
    int ttftMillis,
    int tbtMillis,
    long arrivalNanos,
    long deadlineNanos,
    @Nullable SessionHints hints) {

  /** A greedy request of no session, without targets and deadline, that arrives at 0. */
  public static RequestDraft draft(
      String requestId, String tenantId, int[] promptTokenIds, int maxTokens) {
    return new RequestDraft(requestId, tenantId, promptTokenIds, maxTokens);
  }
}

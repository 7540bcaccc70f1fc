package io.kvasir.worker.step;

/**
 * One request's part of a step, as a difference to what the worker knows; a row of {@link
 * ScheduledRequests}.
 *
 * @param slot whose
 * @param computedTokens tokens whose KV exists before this step: computed by earlier steps (those
 *     in flight count as done), or brought by copies since
 * @param tokenCount tokens to compute in this step, at least 1
 * @param newBlockIds blocks appended to its block table; never written after construction
 * @param sample whether the last token computed is the request's last known one, so that the next
 *     token is sampled and appended by the worker
 */
public record ScheduledRequest(
    int slot, int computedTokens, int tokenCount, int[] newBlockIds, boolean sample) {}

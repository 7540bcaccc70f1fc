package io.kvasir.worker.step;

import io.kvasir.worker.sample.SamplingParams;

/**
 * A request the worker does not know, in full. Arrays are owned by the record and never written
 * after construction.
 *
 * @param slot where the worker keeps it, 0 to max requests - 1
 * @param requestId for logs
 * @param tokenIds all its tokens so far: the prompt and, after a preemption, what was generated
 * @param promptTokens how many of {@code tokenIds} are prompt
 * @param blockIds blocks that already hold the KV of its first tokens (shared prefix)
 * @param sampling how to choose tokens
 * @param topCandidates most likely tokens to report with each sampled token
 */
public record NewRequest(
    int slot,
    String requestId,
    int[] tokenIds,
    int promptTokens,
    int[] blockIds,
    SamplingParams sampling,
    int topCandidates) {}

package io.kvasir.worker.step;

import io.kvasir.kvpool.layout.BlockGeometry;

/**
 * What a worker is: the contents of the handshake.
 *
 * @param workerId unique name
 * @param modelName name of the model
 * @param modelFingerprint SHA-256 of what identifies the weights, lower-case hex
 * @param geometry shape of one KV block
 * @param blockCount blocks in the worker's arena
 * @param maxStepTokens most tokens one step may carry
 * @param maxRequests most requests the worker holds at once
 * @param contextLength longest request, tokens
 * @param vocabularySize number of token ids
 */
public record WorkerInfo(
    String workerId,
    String modelName,
    String modelFingerprint,
    BlockGeometry geometry,
    int blockCount,
    int maxStepTokens,
    int maxRequests,
    int contextLength,
    int vocabularySize) {}

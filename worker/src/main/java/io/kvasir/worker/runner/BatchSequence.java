package io.kvasir.worker.runner;

/**
 * One request's part of a batch: compute the KV of tokens {@code start .. start + count - 1} and
 * attend from each of them to all tokens up to itself. Arrays belong to the request's slot, may be
 * longer than what is used, and are only valid during {@link ModelRunner#execute}.
 *
 * @param tokenIds the request's tokens, from position 0
 * @param start first position to compute; the KV of every earlier position exists
 * @param count positions to compute, at least 1
 * @param blockIds block table; position p is in block {@code blockIds[p / blockTokens]}
 * @param sample whether logits of the last position are wanted
 */
public record BatchSequence(int[] tokenIds, int start, int count, int[] blockIds, boolean sample) {}

package io.kvasir.worker.step;

import java.util.List;

/**
 * A token sampled in a step.
 *
 * @param slot whose
 * @param tokenId the token
 * @param candidates most likely tokens, likeliest first; empty unless asked for
 */
public record SampledToken(int slot, int tokenId, List<TokenScore> candidates) {}

package io.kvasir.worker.step;

/**
 * A candidate for the next token.
 *
 * @param tokenId the token
 * @param logit as the model gave it
 * @param logprob natural logarithm of its probability at temperature 1
 */
public record TokenScore(int tokenId, float logit, float logprob) {}

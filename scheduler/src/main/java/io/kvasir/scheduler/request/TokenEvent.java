package io.kvasir.scheduler.request;

import io.kvasir.worker.step.TokenScore;
import java.util.List;

/**
 * One generated token.
 *
 * @param index position among the generated tokens, from 0
 * @param tokenId the token
 * @param text text it completes; may be empty, and always is for a stop token
 * @param candidates most likely tokens, likeliest first; empty unless asked for
 */
public record TokenEvent(int index, int tokenId, String text, List<TokenScore> candidates)
    implements StreamEvent {}

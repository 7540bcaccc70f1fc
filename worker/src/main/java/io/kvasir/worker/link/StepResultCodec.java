package io.kvasir.worker.link;

import static io.kvasir.proto.WireLimits.MAX_FAILURE_CHARS;
import static io.kvasir.proto.WireLimits.MAX_TOP_CANDIDATES;
import static io.kvasir.proto.WireLimits.MAX_VOCABULARY;
import static io.kvasir.proto.WireLimits.MAX_WORKER_REQUESTS;

import io.kvasir.worker.step.SampledToken;
import io.kvasir.worker.step.StepResult;
import io.kvasir.worker.step.TokenScore;
import java.util.ArrayList;
import java.util.List;

/**
 * Step results as records and on the wire. Decoding checks what holds for every step; whether a
 * result answers the plan that was sent is the scheduler's link to say.
 */
public final class StepResultCodec {
  private StepResultCodec() {}

  /** To the wire. A failure that is too long is cut. */
  public static io.kvasir.v1.StepResult encode(StepResult result) {
    String failure = result.failure();
    io.kvasir.v1.StepResult.Builder builder =
        io.kvasir.v1.StepResult.newBuilder()
            .setStepId(result.stepId())
            .setStepNanos(result.stepNanos())
            .setFailure(failure.substring(0, Math.min(failure.length(), MAX_FAILURE_CHARS)));
    for (SampledToken token : result.tokens()) {
      builder.addTokens(encode(token));
    }
    return builder.build();
  }

  /**
   * From the wire.
   *
   * @throws IllegalArgumentException naming the field and the limit
   */
  public static StepResult decode(io.kvasir.v1.StepResult result) {
    positive("step_result.step_id", result.getStepId(), 1);
    positive("step_result.step_nanos", result.getStepNanos(), 0);
    if (result.getFailure().length() > MAX_FAILURE_CHARS) {
      throw new IllegalArgumentException(
          "step_result.failure: has "
              + result.getFailure().length()
              + " characters, limit "
              + MAX_FAILURE_CHARS);
    }
    WireCheck.entries("step_result.tokens", result.getTokensCount(), MAX_WORKER_REQUESTS);
    if (!result.getFailure().isEmpty() && result.getTokensCount() > 0) {
      throw new IllegalArgumentException("step_result.tokens: must be empty when failure is set");
    }
    List<SampledToken> tokens = new ArrayList<>(result.getTokensCount());
    for (int i = 0; i < result.getTokensCount(); i++) {
      tokens.add(decode("step_result.tokens[" + i + "].", result.getTokens(i)));
    }
    return new StepResult(result.getStepId(), tokens, result.getStepNanos(), result.getFailure());
  }

  private static io.kvasir.v1.SampledToken encode(SampledToken token) {
    io.kvasir.v1.SampledToken.Builder builder =
        io.kvasir.v1.SampledToken.newBuilder().setSlot(token.slot()).setTokenId(token.tokenId());
    for (TokenScore score : token.candidates()) {
      builder.addCandidates(
          io.kvasir.v1.TokenScore.newBuilder()
              .setTokenId(score.tokenId())
              .setLogit(score.logit())
              .setLogprob(score.logprob()));
    }
    return builder.build();
  }

  private static SampledToken decode(String path, io.kvasir.v1.SampledToken token) {
    WireCheck.entries(path + "candidates", token.getCandidatesCount(), MAX_TOP_CANDIDATES);
    List<TokenScore> candidates = new ArrayList<>(token.getCandidatesCount());
    for (io.kvasir.v1.TokenScore score : token.getCandidatesList()) {
      int candidate = tokenId(path + "candidates.token_id", score.getTokenId());
      candidates.add(new TokenScore(candidate, score.getLogit(), score.getLogprob()));
    }
    return new SampledToken(
        WireCheck.range(path + "slot", token.getSlot(), 0, MAX_WORKER_REQUESTS - 1),
        tokenId(path + "token_id", token.getTokenId()),
        candidates.isEmpty() ? List.of() : candidates);
  }

  private static int tokenId(String field, int tokenId) {
    return WireCheck.range(field, tokenId, 0, MAX_VOCABULARY - 1);
  }

  private static void positive(String field, long value, long min) {
    if (value < min) {
      throw new IllegalArgumentException(
          field + ": is " + Long.toUnsignedString(value) + ", must be " + min + " to 2^63-1");
    }
  }
}

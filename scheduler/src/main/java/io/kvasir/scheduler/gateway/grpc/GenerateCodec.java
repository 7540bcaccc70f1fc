package io.kvasir.scheduler.gateway.grpc;

import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.HitTokens;
import io.kvasir.scheduler.request.PreemptedEvent;
import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.request.RequestTiming;
import io.kvasir.scheduler.request.ResumedEvent;
import io.kvasir.scheduler.request.SessionOutcome;
import io.kvasir.scheduler.request.TokenEvent;
import io.kvasir.v1.Accepted;
import io.kvasir.v1.FinishReason;
import io.kvasir.v1.Finished;
import io.kvasir.v1.GenerateResponse;
import io.kvasir.v1.KvFate;
import io.kvasir.v1.Preempted;
import io.kvasir.v1.Resumed;
import io.kvasir.v1.SloTargets;
import io.kvasir.v1.Timing;
import io.kvasir.v1.TokenCandidate;
import io.kvasir.v1.TokenCandidates;
import io.kvasir.v1.TokenDelta;
import io.kvasir.v1.Usage;
import io.kvasir.worker.step.TokenScore;
import java.util.List;

/** Writes the events of a generation's stream. */
final class GenerateCodec {
  private static final double NANOS_PER_MILLI = 1e6;

  private GenerateCodec() {}

  static GenerateResponse accepted(RequestSpec spec) {
    Accepted.Builder accepted = Accepted.newBuilder().setRequestId(spec.requestId());
    for (int id : spec.promptTokenIds()) {
      accepted.addPromptTokenIds(id);
    }
    if (spec.ttftMillis() > 0 || spec.tbtMillis() > 0) {
      accepted.setSlo(
          SloTargets.newBuilder().setTtftMs(spec.ttftMillis()).setTbtMs(spec.tbtMillis()));
    }
    return GenerateResponse.newBuilder().setAccepted(accepted).build();
  }

  /** One message for consecutive tokens, at least one. */
  static GenerateResponse tokens(List<TokenEvent> tokens) {
    TokenEvent first = tokens.getFirst();
    TokenDelta.Builder delta = TokenDelta.newBuilder().setIndex(first.index());
    if (tokens.size() == 1) {
      delta.setText(first.text());
    } else {
      StringBuilder text = new StringBuilder();
      tokens.forEach(token -> text.append(token.text()));
      delta.setText(text.toString());
    }
    for (TokenEvent token : tokens) {
      delta.addTokenIds(token.tokenId());
      if (!token.candidates().isEmpty()) {
        delta.addCandidates(candidates(token.candidates()));
      }
    }
    return GenerateResponse.newBuilder().setToken(delta).build();
  }

  static GenerateResponse preempted(PreemptedEvent event) {
    Preempted.Builder preempted =
        Preempted.newBuilder()
            .setKv(
                switch (event.kv()) {
                  case SWAPPED -> KvFate.KV_FATE_SWAPPED;
                  case DROPPED -> KvFate.KV_FATE_DROPPED;
                  case WORKER_LOST -> KvFate.KV_FATE_WORKER_LOST;
                })
            .addAllTiers(event.tiers())
            .setKeptTokens(event.keptTokens());
    return GenerateResponse.newBuilder().setPreempted(preempted).build();
  }

  static GenerateResponse resumed(ResumedEvent event) {
    Resumed.Builder resumed =
        Resumed.newBuilder()
            .setStalledMs(event.stalledNanos() / NANOS_PER_MILLI)
            .setLoadedTokens(event.loadedTokens())
            .setMissingTokens(event.missingTokens());
    return GenerateResponse.newBuilder().setResumed(resumed).build();
  }

  static GenerateResponse finished(FinishedEvent event) {
    Finished.Builder finished =
        Finished.newBuilder()
            .setFinishReason(reason(event.reason()))
            .setText(event.text())
            .setUsage(
                Usage.newBuilder()
                    .setPromptTokens(event.promptTokens())
                    .setCachedTokens(event.cachedTokens())
                    .setCompletionTokens(event.completionTokens()))
            .setTiming(timing(event.timing()));
    RequestError error = event.error();
    if (error != null) {
      finished.setError(
          io.kvasir.v1.Error.newBuilder().setCode(error.code().name()).setMessage(error.message()));
    }
    SessionOutcome session = event.session();
    if (session != null) {
      finished.setSession(SessionCodec.of(session));
    }
    return GenerateResponse.newBuilder().setFinished(finished).build();
  }

  private static TokenCandidates candidates(List<TokenScore> scores) {
    TokenCandidates.Builder candidates = TokenCandidates.newBuilder();
    for (TokenScore score : scores) {
      candidates.addCandidates(
          TokenCandidate.newBuilder()
              .setTokenId(score.tokenId())
              .setLogit(score.logit())
              .setLogprob(score.logprob()));
    }
    return candidates.build();
  }

  private static Timing timing(RequestTiming timing) {
    Timing.Builder builder = Timing.newBuilder();
    for (HitTokens hit : timing.hits()) {
      builder.addHits(
          io.kvasir.v1.HitTokens.newBuilder().setPlace(hit.place()).setTokens(hit.tokens()));
    }
    return builder
        .setQueueMs(timing.queueNanos() / NANOS_PER_MILLI)
        .setTtftMs(timing.ttftNanos() / NANOS_PER_MILLI)
        .setPrefillMs(timing.prefillNanos() / NANOS_PER_MILLI)
        .setDecodeMs(timing.decodeNanos() / NANOS_PER_MILLI)
        .setE2EMs(timing.e2eNanos() / NANOS_PER_MILLI)
        .setPreemptions(timing.preemptions())
        .setRecomputedTokens(timing.recomputedTokens())
        .setStallMs(timing.stallNanos() / NANOS_PER_MILLI)
        .build();
  }

  private static FinishReason reason(io.kvasir.scheduler.request.FinishReason reason) {
    return switch (reason) {
      case STOP -> FinishReason.FINISH_REASON_STOP;
      case LENGTH -> FinishReason.FINISH_REASON_LENGTH;
      case ABORTED -> FinishReason.FINISH_REASON_ABORTED;
      case DEADLINE -> FinishReason.FINISH_REASON_DEADLINE;
      case ERROR -> FinishReason.FINISH_REASON_ERROR;
    };
  }
}

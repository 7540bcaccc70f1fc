package io.kvasir.scheduler.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvasir.v1.Accepted;
import io.kvasir.v1.Finished;
import io.kvasir.v1.Timing;
import io.kvasir.v1.TokenCandidate;
import io.kvasir.v1.TokenCandidates;
import io.kvasir.v1.TokenDelta;
import io.kvasir.v1.Usage;
import java.util.Locale;

/** Collects a generation into one JSON object. */
final class GenerationJson {
  private static final String REASON_PREFIX = "FINISH_REASON_";

  private final ObjectNode object = JsonNodeFactory.instance.objectNode();
  private final ArrayNode tokenIds = JsonNodeFactory.instance.arrayNode();
  private final ArrayNode candidates = JsonNodeFactory.instance.arrayNode();
  private final StringBuilder text = new StringBuilder();
  private final boolean withCandidates;

  GenerationJson(boolean withCandidates) {
    this.withCandidates = withCandidates;
  }

  void accepted(Accepted accepted) {
    object.put("request_id", accepted.getRequestId());
    accepted.getPromptTokenIdsList().forEach(object.putArray("prompt_token_ids")::add);
  }

  void tokens(TokenDelta delta) {
    delta.getTokenIdsList().forEach(tokenIds::add);
    text.append(delta.getText());
    for (TokenCandidates position : delta.getCandidatesList()) {
      ArrayNode scores = candidates.addArray();
      for (TokenCandidate candidate : position.getCandidatesList()) {
        scores
            .addObject()
            .put("token_id", candidate.getTokenId())
            .put("logit", candidate.getLogit())
            .put("logprob", candidate.getLogprob());
      }
    }
  }

  /** The whole object. */
  String finished(Finished finished) {
    object.set("token_ids", tokenIds);
    object.put("text", text + finished.getText());
    object.put("finish_reason", reason(finished));
    Usage usage = finished.getUsage();
    object
        .putObject("usage")
        .put("prompt_tokens", usage.getPromptTokens())
        .put("cached_tokens", usage.getCachedTokens())
        .put("completion_tokens", usage.getCompletionTokens());
    Timing timing = finished.getTiming();
    ObjectNode times = object.putObject("timing");
    times
        .put("queue_ms", timing.getQueueMs())
        .put("ttft_ms", timing.getTtftMs())
        .put("prefill_ms", timing.getPrefillMs())
        .put("decode_ms", timing.getDecodeMs())
        .put("e2e_ms", timing.getE2EMs())
        .put("preemptions", timing.getPreemptions())
        .put("stall_ms", timing.getStallMs())
        .put("recomputed_tokens", timing.getRecomputedTokens());
    ObjectNode hits = times.putObject("hit_tokens");
    timing.getHitsList().forEach(hit -> hits.put(hit.getPlace(), hit.getTokens()));
    if (finished.hasSession()) {
      SessionText.write(finished.getSession(), object.putObject("session"));
    }
    if (withCandidates) {
      object.set("candidates", candidates);
    }
    return object.toString();
  }

  /** The reason in a word: stop, length, aborted, deadline or error. */
  static String reason(Finished finished) {
    return finished
        .getFinishReason()
        .name()
        .substring(REASON_PREFIX.length())
        .toLowerCase(Locale.ROOT);
  }
}

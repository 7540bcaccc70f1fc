package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.worker.step.WorkerInfo;
import org.jspecify.annotations.Nullable;

/**
 * What a worker can serve at all.
 *
 * @param contextLength longest request, prompt and output, tokens
 * @param blockCount blocks of its pool
 * @param blockTokens tokens of one block
 * @param vocabularySize number of token ids
 */
record ServingLimits(int contextLength, int blockCount, int blockTokens, int vocabularySize) {

  static ServingLimits of(WorkerInfo info) {
    return new ServingLimits(
        info.contextLength(),
        info.blockCount(),
        info.geometry().blockTokens(),
        info.vocabularySize());
  }

  /** Why a request can never be served; null if it can. */
  @Nullable RequestError refusal(RequestSpec spec) {
    int prompt = spec.promptTokenIds().length;
    if (prompt < 1) {
      return invalid("prompt is empty, must have at least 1 token");
    }
    if (spec.maxTokens() < 1) {
      return invalid("max_tokens must be at least 1, is " + spec.maxTokens());
    }
    long tokens = (long) prompt + spec.maxTokens();
    if (tokens > contextLength) {
      return invalid(
          "prompt of %d tokens + max_tokens %d = %d exceeds the context length of %d tokens"
              .formatted(prompt, spec.maxTokens(), tokens, contextLength));
    }
    // The last token's KV is never needed.
    long blocks = Math.ceilDiv(tokens - 1, (long) blockTokens);
    if (blocks > blockCount) {
      return invalid(
          "prompt of %d tokens + max_tokens %d needs %d KV blocks, the pool has %d of %d tokens"
              .formatted(prompt, spec.maxTokens(), blocks, blockCount, blockTokens));
    }
    for (int token : spec.promptTokenIds()) {
      if (token < 0 || token >= vocabularySize) {
        return invalid("token id %d is not in 0..%d".formatted(token, vocabularySize - 1));
      }
    }
    return null;
  }

  private static RequestError invalid(String message) {
    return new RequestError(RequestError.Code.INVALID_ARGUMENT, message, 0);
  }
}

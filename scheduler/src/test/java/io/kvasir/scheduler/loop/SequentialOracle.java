package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.worker.runner.hash.HashModelRunner;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The naive scheduler: one request after the other, no batches, blocks or steps. Predicts what
 * every request must produce however it is scheduled, and what it finds in a cache that never
 * evicts.
 */
final class SequentialOracle {

  /**
   * A whole generation.
   *
   * @param tokens all of them
   * @param text of them and the end
   */
  record Outcome(int[] tokens, FinishReason reason, String text) {}

  private final int vocabularySize;
  private final int blockTokens;
  private final Set<List<Integer>> cachedPrefixes = new HashSet<>();

  SequentialOracle(int vocabularySize, int blockTokens) {
    this.vocabularySize = vocabularySize;
    this.blockTokens = blockTokens;
  }

  /** What a request produces if nothing from outside ends it. */
  Outcome outcome(RecordedRequest request) {
    RequestSpec spec = request.spec();
    int[] all = HashModelRunner.expected(spec.promptTokenIds(), spec.maxTokens(), vocabularySize);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < all.length; i++) {
      int token = all[i];
      if (Arrays.stream(spec.stopTokenIds()).anyMatch(id -> id == token)) {
        return new Outcome(Arrays.copyOf(all, i + 1), FinishReason.STOP, text + "|");
      }
      if (token == request.stopStringToken()) {
        return new Outcome(Arrays.copyOf(all, i + 1), FinishReason.STOP, text.toString());
      }
      text.append('<').append(token).append('>');
    }
    return new Outcome(all, FinishReason.LENGTH, text + "|");
  }

  /** Prompt tokens a request finds in the cache if it runs alone, now. */
  int cachedTokens(RecordedRequest request) {
    int[] prompt = request.spec().promptTokenIds();
    int tokens = 0;
    while (tokens + blockTokens < prompt.length
        && cachedPrefixes.contains(prefix(request, prompt, tokens + blockTokens))) {
      tokens += blockTokens;
    }
    return tokens;
  }

  /**
   * The request has ended on its own: its full blocks are cached, except what was never computed.
   */
  void ran(RecordedRequest request) {
    int[] prompt = request.spec().promptTokenIds();
    int[] generated = outcome(request).tokens();
    int[] all = Arrays.copyOf(prompt, prompt.length + generated.length);
    System.arraycopy(generated, 0, all, prompt.length, generated.length);
    for (int end = blockTokens; end < all.length; end += blockTokens) {
      cachedPrefixes.add(prefix(request, all, end));
    }
  }

  private static List<Integer> prefix(RecordedRequest request, int[] tokens, int length) {
    List<Integer> prefix = Arrays.stream(tokens, 0, length).boxed().collect(Collectors.toList());
    prefix.add(request.spec().tenantId().hashCode());
    return prefix;
  }
}

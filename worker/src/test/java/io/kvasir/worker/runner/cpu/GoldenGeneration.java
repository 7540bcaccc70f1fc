package io.kvasir.worker.runner.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.sample.Sampler;
import io.kvasir.worker.sample.SamplingParams;
import io.kvasir.worker.sample.TopCandidates;
import io.kvasir.worker.step.TokenScore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** One greedy generation with its own blocks, checked against a case of a golden file. */
final class GoldenGeneration {
  /** Blocks of 16 tokens for each generation. */
  static final int BLOCKS = 16;

  private final JsonNode golden;
  private final int[] tokens;
  private final int[] blocks;
  private final int promptTokens;
  private int known;
  private int computed;

  GoldenGeneration(JsonNode golden, int index) {
    this.golden = golden;
    int[] prompt = ids(golden.get("prompt_ids"));
    promptTokens = prompt.length;
    known = prompt.length;
    tokens = Arrays.copyOf(prompt, prompt.length + golden.get("greedy_ids").size());
    blocks = IntStream.range(index * BLOCKS, (index + 1) * BLOCKS).toArray();
  }

  private static int[] ids(JsonNode node) {
    return IntStream.range(0, node.size()).map(i -> node.get(i).asInt()).toArray();
  }

  /** Runs all of them together, each by chunks of so many tokens. */
  static void runAll(
      ModelFile model, List<GoldenGeneration> generations, int chunk, CpuRunnerConfig config) {
    try (CpuModelRunner runner = new CpuModelRunner(model, config)) {
      int vocabulary = runner.vocabularySize();
      Sampler sampler = new Sampler(vocabulary);
      float[][] logits = new float[generations.size()][vocabulary];
      while (!generations.stream().allMatch(GoldenGeneration::finished)) {
        List<BatchSequence> batch = new ArrayList<>();
        List<GoldenGeneration> sampled = new ArrayList<>();
        for (GoldenGeneration generation : generations) {
          if (!generation.finished()) {
            BatchSequence sequence = generation.next(chunk);
            batch.add(sequence);
            if (sequence.sample()) {
              sampled.add(generation);
            }
          }
        }
        runner.execute(batch, logits);
        for (int i = 0; i < sampled.size(); i++) {
          sampled.get(i).append(logits[i], sampler);
        }
      }
      generations.forEach(GoldenGeneration::assertGolden);
    }
  }

  private boolean finished() {
    return known == tokens.length;
  }

  private BatchSequence next(int chunk) {
    int count = Math.min(chunk, known - computed);
    boolean sample = computed + count == known;
    BatchSequence sequence = new BatchSequence(tokens, computed, count, blocks, sample);
    computed += count;
    return sequence;
  }

  private void append(float[] logits, Sampler sampler) {
    if (known == promptTokens) {
      assertTop(golden.get("top8_after_prompt"), logits);
    }
    tokens[known] = sampler.sample(logits, tokens, known, SamplingParams.GREEDY);
    known++;
  }

  private static void assertTop(JsonNode expected, float[] logits) {
    List<TokenScore> top = TopCandidates.of(logits, 8);
    for (int i = 0; i < 8; i++) {
      assertThat(top.get(i).tokenId()).isEqualTo(expected.get(i).get(0).asInt());
      assertThat((double) top.get(i).logit())
          .isCloseTo(expected.get(i).get(1).asDouble(), within(1e-3));
    }
  }

  private void assertGolden() {
    assertThat(Arrays.copyOfRange(tokens, promptTokens, tokens.length))
        .isEqualTo(ids(golden.get("greedy_ids")));
  }
}

package io.kvasir.worker.runner.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.sample.Sampler;
import io.kvasir.worker.sample.SamplingParams;
import io.kvasir.worker.sample.TopCandidates;
import io.kvasir.worker.step.TokenScore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real model against ids and logits of an independent float64 forward pass. */
class Stories260KTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("kvasir.shared", "../shared"), "models", "stories260K");
  private static final int TABLE = 8;
  private static JsonNode cases;
  private static ModelFile model;

  @BeforeAll
  static void open() throws IOException {
    Path file = FOLDER.resolve("stories260K-f32.gguf");
    assumeTrue(Files.exists(file), () -> "test model not found: " + file);
    cases = new ObjectMapper().readTree(FOLDER.resolve("golden.json").toFile()).get("cases");
    model = ModelFile.open(file);
  }

  @AfterAll
  static void close() {
    if (model != null) {
      model.close();
    }
  }

  private static int[] ids(JsonNode node) {
    return IntStream.range(0, node.size()).map(i -> node.get(i).asInt()).toArray();
  }

  /** One greedy generation with its own blocks. */
  private static final class Generation {
    final JsonNode golden;
    final int[] tokens;
    final int[] blocks;
    final int promptTokens;
    int known;
    int computed;

    Generation(JsonNode golden, int index) {
      this.golden = golden;
      int[] prompt = ids(golden.get("prompt_ids"));
      promptTokens = prompt.length;
      known = prompt.length;
      tokens = Arrays.copyOf(prompt, prompt.length + golden.get("greedy_ids").size());
      blocks = IntStream.range(index * TABLE, (index + 1) * TABLE).toArray();
    }

    boolean finished() {
      return known == tokens.length;
    }

    BatchSequence next(int chunk) {
      int count = Math.min(chunk, known - computed);
      boolean sample = computed + count == known;
      BatchSequence sequence = new BatchSequence(tokens, computed, count, blocks, sample);
      computed += count;
      return sequence;
    }

    void append(float[] logits, Sampler sampler) {
      if (known == promptTokens) {
        assertTop(golden.get("top8_after_prompt"), logits);
      }
      tokens[known] = sampler.sample(logits, tokens, known, SamplingParams.GREEDY);
      known++;
    }

    void assertGolden() {
      assertThat(Arrays.copyOfRange(tokens, promptTokens, tokens.length))
          .isEqualTo(ids(golden.get("greedy_ids")));
    }
  }

  private static void assertTop(JsonNode expected, float[] logits) {
    List<TokenScore> top = TopCandidates.of(logits, 8);
    for (int i = 0; i < 8; i++) {
      assertThat(top.get(i).tokenId()).isEqualTo(expected.get(i).get(0).asInt());
      assertThat((double) top.get(i).logit())
          .isCloseTo(expected.get(i).get(1).asDouble(), within(1e-3));
    }
  }

  private static void generate(List<Generation> generations, int chunk, CpuRunnerConfig config) {
    try (CpuModelRunner runner = new CpuModelRunner(model, config)) {
      int vocabulary = runner.vocabularySize();
      Sampler sampler = new Sampler(vocabulary);
      float[][] logits = new float[generations.size()][vocabulary];
      while (!generations.stream().allMatch(Generation::finished)) {
        List<BatchSequence> batch = new ArrayList<>();
        List<Generation> sampled = new ArrayList<>();
        for (Generation generation : generations) {
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
      generations.forEach(Generation::assertGolden);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, false", "7, 2, false", "512, 2, false", "512, 1, true"})
  void greedyIdsEqualTheGoldenOnes(int chunk, int threads, boolean scalar) {
    for (JsonNode golden : cases) {
      CpuRunnerConfig config = new CpuRunnerConfig(TABLE, 16, 512, threads, scalar);
      generate(List.of(new Generation(golden, 0)), chunk, config);
    }
  }

  @Test
  void sixteenTogetherGenerateWhatEachDoesAlone() {
    List<Generation> generations = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      generations.add(new Generation(cases.get(i % cases.size()), i));
    }
    // They advance at different times: one chunk of three tokens each, so the longer prompts lag.
    generate(generations, 3, new CpuRunnerConfig(16 * TABLE, 16, 64, 2, false));
  }
}

package io.kvasir.worker.runner.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kvasir.worker.model.gguf.GgmlType;
import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.runner.cpu.TinyModels.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CpuModelRunnerTest {
  private static final long SEED = 90210;
  private static final int BLOCKS = 96;

  private static int[] tokens(Random random, Model model, int count) {
    return random.ints(count, 0, model.config().vocabularySize()).toArray();
  }

  /** Logits after each prompt: one at a time, whole, on the scalar kernels and one thread. */
  private static float[][] alone(Model model, List<int[]> prompts) {
    float[][] rows = new float[prompts.size()][model.config().vocabularySize()];
    try (CpuModelRunner runner = model.runner(new CpuRunnerConfig(BLOCKS, 16, 64, 1, true))) {
      int[] blocks = IntStream.range(0, 4).toArray();
      for (int i = 0; i < rows.length; i++) {
        int[] prompt = prompts.get(i);
        runner.execute(
            List.of(new BatchSequence(prompt, 0, prompt.length, blocks, true)),
            new float[][] {rows[i]});
      }
    }
    return rows;
  }

  private static final class Progress {
    final int[] prompt;
    final int[] blocks;
    int done;

    Progress(int[] prompt, int[] blocks) {
      this.prompt = prompt;
      this.blocks = blocks;
    }
  }

  /** Logits after each prompt, in random chunks, mixes and blocks. */
  private static float[][] mixed(
      CpuModelRunner runner, Random random, List<int[]> prompts, int vocabulary) {
    List<Integer> free = new ArrayList<>(IntStream.range(0, BLOCKS).boxed().toList());
    Collections.shuffle(free, random);
    List<Progress> all = new ArrayList<>();
    for (int[] prompt : prompts) {
      int count = runner.geometry().blocksFor(prompt.length);
      int[] blocks = free.subList(0, count).stream().mapToInt(i -> i).toArray();
      free.subList(0, count).clear();
      all.add(new Progress(prompt, blocks));
    }
    float[][] rows = new float[prompts.size()][vocabulary];
    while (all.stream().anyMatch(p -> p.done < p.prompt.length)) {
      List<BatchSequence> batch = new ArrayList<>();
      List<float[]> wanted = new ArrayList<>();
      int budget = runner.maxBatchTokens();
      for (int i = 0; i < all.size(); i++) {
        Progress p = all.get(i);
        int most = Math.min(budget, p.prompt.length - p.done);
        if (most == 0 || random.nextInt(3) == 0) {
          continue;
        }
        int count = random.nextBoolean() ? most : 1 + random.nextInt(most);
        boolean last = p.done + count == p.prompt.length;
        batch.add(new BatchSequence(p.prompt, p.done, count, p.blocks, last));
        p.done += count;
        budget -= count;
        if (last) {
          wanted.add(rows[i]);
        }
      }
      runner.execute(batch, wanted.toArray(float[][]::new));
    }
    return rows;
  }

  @ParameterizedTest
  @EnumSource(
      value = GgmlType.class,
      names = {"F32", "F16", "BF16", "Q8_0", "Q4_0", "Q5_0"})
  void logitsAreCloseToDoublePrecision(GgmlType type) {
    Random random = new Random(SEED);
    for (int round = 0; round < 6; round++) {
      Model model = TinyModels.random(random, type);
      List<int[]> prompts = List.of(tokens(random, model, 1), tokens(random, model, 37));
      float[][] rows = alone(model, prompts);
      for (int i = 0; i < rows.length; i++) {
        double[] expected = new ReferenceLlama(model).logits(prompts.get(i));
        for (int id = 0; id < expected.length; id++) {
          assertThat((double) rows[i][id])
              .as("seed %d round %d %s prompt %d", SEED, round, model.config(), i)
              .isCloseTo(expected[id], within(1e-4));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = GgmlType.class,
      names = {"F32", "F16", "Q8_0", "Q4_0"})
  void logitsDoNotDependOnBatchChunksBlocksThreadsOrKernels(GgmlType type) {
    Random random = new Random(SEED);
    for (int round = 0; round < 8; round++) {
      Model model = TinyModels.random(random, type);
      int vocabulary = model.config().vocabularySize();
      List<int[]> prompts = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(8); i++) {
        prompts.add(tokens(random, model, 1 + random.nextInt(60)));
      }
      float[][] expected = alone(model, prompts);
      for (int threads = 1; threads <= 3; threads++) {
        int blockTokens = List.of(16, 16, 7, 24, 32).get(random.nextInt(5));
        int maxBatch = 1 + random.nextInt(64);
        CpuRunnerConfig config =
            new CpuRunnerConfig(BLOCKS, blockTokens, maxBatch, threads, threads == 3);
        try (CpuModelRunner runner = model.runner(config)) {
          float[][] actual = mixed(runner, random, prompts, vocabulary);
          for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i])
                .as("seed %d round %d %s prompt %d", SEED, round, config, i)
                .isEqualTo(expected[i]);
          }
        }
      }
    }
  }

  @Test
  void blocksOfOthersAndUnwrittenSlotsDoNotMatter() {
    Random random = new Random(SEED);
    Model model = TinyModels.random(random, GgmlType.F32);
    int vocabulary = model.config().vocabularySize();
    int[] prompt = tokens(random, model, 21);
    float[] expected = alone(model, List.of(prompt))[0];
    try (CpuModelRunner runner = model.runner(new CpuRunnerConfig(4, 16, 64, 1, false))) {
      runner.arena().segment().fill((byte) -1); // every float is NaN
      float[][] logits = new float[1][vocabulary];
      runner.execute(List.of(new BatchSequence(prompt, 0, 21, new int[] {3, 1}, true)), logits);
      assertThat(logits[0]).isEqualTo(expected);
      assertThatThrownBy(() ->
              runner.execute(
                  List.of(new BatchSequence(prompt, 20, 1, new int[] {3, 0}, true)), logits))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("sequence 0")
          .hasMessageContaining("position 20");
      runner.execute(List.of(new BatchSequence(prompt, 0, 21, new int[] {3, 1}, true)), logits);
      assertThat(logits[0]).isEqualTo(expected);
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    Model model = TinyModels.random(new Random(SEED), GgmlType.F32);
    try (CpuModelRunner runner = model.runner(new CpuRunnerConfig(4, 16, 8, 2, false))) {
      int[] tokens = new int[300];
      int[] blocks = new int[20];
      float[][] none = new float[0][];
      assertThatThrownBy(
              () -> runner.execute(List.of(new BatchSequence(tokens, 0, 9, blocks, false)), none))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("9", "8");
      assertThatThrownBy(
              () -> runner.execute(List.of(new BatchSequence(tokens, 256, 1, blocks, false)), none))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("257", "256");
    }
    assertThatThrownBy(() -> model.runner(new CpuRunnerConfig(Integer.MAX_VALUE, 16, 8, 1, false)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("kv blocks");
  }

  @Test
  void emptyBatchDoesNothing() {
    Model model = TinyModels.random(new Random(SEED), GgmlType.F32);
    try (CpuModelRunner runner = model.runner(new CpuRunnerConfig(4, 16, 8, 2, false))) {
      float[][] logits = {new float[] {7f}};
      runner.execute(List.of(), logits);
      assertThat(Arrays.toString(logits[0])).isEqualTo("[7.0]");
    }
  }
}

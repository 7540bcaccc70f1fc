package io.kvasir.worker.runner.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.worker.runner.BatchSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HashModelRunnerTest {
  private static final int VOCABULARY = 1000;
  private static final int BLOCK = 4;
  private final HashModelRunner runner =
      new HashModelRunner(new HashRunnerConfig(VOCABULARY, 256, BLOCK, 64, 128));

  @AfterEach
  void close() {
    runner.close();
  }

  private int step(int[] tokens, int start, int count, int[] blocks) {
    float[][] logits = new float[1][VOCABULARY];
    runner.execute(List.of(new BatchSequence(tokens, start, count, blocks, true)), logits);
    return winner(logits[0]);
  }

  private static int winner(float[] row) {
    int best = 0;
    for (int i = 0; i < row.length; i++) {
      best = row[i] > row[best] ? i : best;
    }
    assertThat(row[best]).isEqualTo(HashModelRunner.PEAK);
    return best;
  }

  private static int[] range(int from, int to) {
    int[] ids = new int[to - from];
    Arrays.setAll(ids, i -> from + i);
    return ids;
  }

  @Test
  void generatesWhatTheReferenceExpects() {
    int[] prompt = {7, 8, 9, 10, 11, 12, 13};
    int[] expected = HashModelRunner.expected(prompt, 40, VOCABULARY);
    int[] tokens = Arrays.copyOf(prompt, 47);
    int[] blocks = {9, 3, 60, 1, 0, 8, 22, 21, 20, 40, 41, 42};
    int next = step(tokens, 0, 7, blocks);
    for (int i = 0; i < 40; i++) {
      assertThat(next).as("token %d", i).isEqualTo(expected[i]).isGreaterThanOrEqualTo(3);
      tokens[7 + i] = next;
      next = step(tokens, 7 + i, 1, blocks);
    }
    assertThat(Arrays.stream(expected).distinct().count()).isGreaterThan(30);
  }

  @Test
  void chunksAndBatchesDoNotMatter() {
    long seed = 20260101;
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      int requests = 1 + random.nextInt(4);
      List<int[]> prompts = new ArrayList<>();
      for (int r = 0; r < requests; r++) {
        prompts.add(random.ints(1 + random.nextInt(40), 0, VOCABULARY).toArray());
      }
      int[] done = new int[requests];
      while (true) {
        List<BatchSequence> batch = new ArrayList<>();
        List<Integer> finishing = new ArrayList<>();
        for (int r = 0; r < requests; r++) {
          int left = prompts.get(r).length - done[r];
          if (left > 0 && random.nextBoolean()) {
            int count = 1 + random.nextInt(left);
            boolean last = count == left;
            int[] blocks = range(r * 16, r * 16 + 16);
            batch.add(new BatchSequence(prompts.get(r), done[r], count, blocks, last));
            done[r] += count;
            if (last) {
              finishing.add(r);
            }
          }
        }
        float[][] logits = new float[finishing.size()][VOCABULARY];
        runner.execute(batch, logits);
        for (int i = 0; i < finishing.size(); i++) {
          int[] prompt = prompts.get(finishing.get(i));
          assertThat(winner(logits[i]))
              .as("seed %d round %d", seed, round)
              .isEqualTo(HashModelRunner.expected(prompt, 1, VOCABULARY)[0]);
        }
        boolean all = true;
        for (int r = 0; r < requests; r++) {
          all &= done[r] == prompts.get(r).length;
        }
        if (all) {
          break;
        }
      }
    }
  }

  @Test
  void equalBlocksAfterAnotherPrefixDiffer() {
    int[] a = {1, 2, 3, 4, 50, 51, 52, 53, 60};
    int[] b = {9, 2, 3, 4, 50, 51, 52, 53, 60};
    int good = step(a, 0, 9, new int[] {0, 1, 2});
    step(b, 0, 9, new int[] {10, 11, 12});
    // The second block of b holds the same tokens at the same positions, yet other KV.
    assertThat(step(a, 8, 1, new int[] {0, 11, 2})).isNotEqualTo(good);
    assertThat(step(a, 8, 1, new int[] {0, 1, 2})).isEqualTo(good);
  }

  @Test
  void sharedPrefixBlocksServeBoth() {
    int[] a = {1, 2, 3, 4, 5, 6, 7, 8, 20};
    int[] b = {1, 2, 3, 4, 5, 6, 7, 8, 30, 31};
    step(a, 0, 9, new int[] {0, 1, 2});
    assertThat(step(b, 8, 2, new int[] {0, 1, 3}))
        .isEqualTo(HashModelRunner.expected(b, 1, VOCABULARY)[0]);
  }

  @Test
  void staleUnwrittenSwappedAndCorruptBlocksChangeTheOutput() {
    int[] tokens = {5, 6, 7, 8, 9, 10, 11, 12, 13};
    int good = HashModelRunner.expected(tokens, 1, VOCABULARY)[0];
    assertThat(step(tokens, 0, 9, new int[] {0, 1, 2})).isEqualTo(good);
    assertThat(step(tokens, 8, 1, new int[] {1, 0, 2})).as("swapped").isNotEqualTo(good);
    assertThat(step(tokens, 8, 1, new int[] {0, 33, 2})).as("unwritten").isNotEqualTo(good);
    int[] other = {5, 6, 7, 8, 9, 10, 11, 99, 13};
    step(other, 0, 8, new int[] {40, 1});
    assertThat(step(tokens, 8, 1, new int[] {0, 1, 2})).as("overwritten").isNotEqualTo(good);
  }

  @Test
  void twoSequencesWritingOneBlockSpoilTheBatch() {
    int[] a = {5, 6, 7};
    int[] b = {8, 9, 10};
    float[][] logits = new float[2][VOCABULARY];
    int[] shared = {3};
    runner.execute(
        List.of(new BatchSequence(a, 0, 3, shared, true), new BatchSequence(b, 0, 3, shared, true)),
        logits);
    assertThat(winner(logits[0])).isNotEqualTo(HashModelRunner.expected(a, 1, VOCABULARY)[0]);
  }

  @Test
  void refusesWhatDoesNotFit() {
    int[] tokens = new int[300];
    int[] blocks = range(0, 64);
    assertRefused(new BatchSequence(tokens, 0, 129, blocks, false), "129", "128");
    assertRefused(new BatchSequence(tokens, 200, 57, blocks, false), "257", "256");
    assertRefused(new BatchSequence(tokens, 0, 9, new int[] {0, 1}, false), "blocks", "3", "2");
    assertRefused(new BatchSequence(tokens, 0, 1, new int[] {64}, false), "block id 64", "63");
    assertRefused(new BatchSequence(tokens, 0, 1, new int[] {-1}, false), "block id -1");
    assertRefused(new BatchSequence(new int[] {1000}, 0, 1, blocks, false), "1000", "999");
    assertRefused(new BatchSequence(tokens, 0, 0, blocks, false), "count 0");
    assertRefused(new BatchSequence(tokens, -1, 1, blocks, false), "start -1");
    assertRefused(new BatchSequence(new int[3], 0, 4, blocks, false), "tokens needed 4", "3");
    assertRefused(new BatchSequence(tokens, 0, 1, blocks, true), "logits row 0");
  }

  private void assertRefused(BatchSequence sequence, String... words) {
    assertThatThrownBy(() -> runner.execute(List.of(sequence), new float[0][]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(words);
  }
}

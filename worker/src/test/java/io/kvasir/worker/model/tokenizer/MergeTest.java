package io.kvasir.worker.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Merging gives what the plain rule gives, with work that grows with the text only. */
final class MergeTest {

  @TempDir private Path folder;

  @Test
  void equalsTheNaiveRule() {
    for (int seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      Map<String, Integer> priorities = new HashMap<>();
      for (int i = 0; i < 12; i++) {
        priorities.put(randomText(random, 2 + random.nextInt(3)), random.nextInt(6) - 3);
      }
      String text = randomText(random, 1 + random.nextInt(24));
      TextMerger merger = new TextMerger(text, priorities);
      merger.run(new IdBuffer());
      assertThat(merger.symbols).as("seed %d", seed).isEqualTo(naive(text, priorities));
    }
  }

  @Test
  void workIsProportionalToTheText() {
    Map<String, Integer> priorities = new HashMap<>();
    for (int length = 2; length <= 64; length *= 2) {
      priorities.put("a".repeat(length), length);
    }
    for (int units : new int[] {1000, 10_000, 100_000}) {
      TextMerger merger = new TextMerger("a".repeat(units), priorities);
      merger.run(new IdBuffer());
      assertThat(merger.considered).isLessThan(3L * units);
      assertThat(merger.symbols.getFirst()).hasSize(64);
    }
  }

  @Test
  void hugeMonotonousTextsAreEncoded() {
    int length = 1 << 18;
    Tokenizer pieces = TokenizerFixtures.sentencePiece(folder);
    Tokenizer bytes = TokenizerFixtures.byteLevel(folder);
    for (String unit : List.of("a", " ", "the ", "\n", "'", "<", "\u4e16", "<|endoftext")) {
      String text = unit.repeat(length / unit.length());
      assertThat(bytes.encode(text, false, true)).hasSizeGreaterThan(1000);
      assertThat(pieces.encode(text, false, true)).hasSizeGreaterThan(1000);
    }
  }

  @Test
  void equalScoresMergeFromTheLeft() {
    TextMerger merger = new TextMerger("aaaaa", Map.of("aa", 0));
    merger.run(new IdBuffer());
    assertThat(merger.symbols).containsExactly("aa", "aa", "a");
  }

  @Test
  void scoresOrderQueue() {
    float[] scores = {Float.POSITIVE_INFINITY, 3, 0.5f, 0, -0.5f, -3, Float.NEGATIVE_INFINITY};
    int[] priorities = new int[scores.length];
    for (int i = 0; i < scores.length; i++) {
      priorities[i] = MergeQueue.priorityOfScore(scores[i]);
    }
    int[] sorted = priorities.clone();
    Arrays.sort(sorted);
    assertThat(priorities).isEqualTo(sorted).doesNotHaveDuplicates();
    assertThat(MergeQueue.priorityOfScore(-0.0f)).isEqualTo(MergeQueue.priorityOfScore(0.0f));
  }

  private static String randomText(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + random.nextInt(3)));
    }
    return text.toString();
  }

  private static List<String> naive(String text, Map<String, Integer> priorities) {
    List<String> symbols = new ArrayList<>(Arrays.asList(text.split("")));
    while (true) {
      int best = -1;
      int bestPriority = 0;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        Integer priority = priorities.get(symbols.get(i) + symbols.get(i + 1));
        if (priority != null && (best < 0 || priority < bestPriority)) {
          best = i;
          bestPriority = priority;
        }
      }
      if (best < 0) {
        return symbols;
      }
      symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
    }
  }

  private static final class TextMerger extends PairMerger {

    private final String text;
    private final Map<String, Integer> priorities;
    private final List<String> symbols = new ArrayList<>();
    private long considered;

    TextMerger(String text, Map<String, Integer> priorities) {
      super(text.length());
      this.text = text;
      this.priorities = priorities;
      for (int i = 0; i < text.length(); i++) {
        begin(i, 1);
      }
    }

    @Override
    void consider(int left, int right, int span, MergeQueue candidates) {
      considered++;
      Integer priority = priorities.get(text.substring(left, left + span));
      if (priority != null) {
        candidates.add(priority, left, span);
      }
    }

    @Override
    void merged(int left, int right) {}

    @Override
    void write(int start, int length, IdBuffer out) {
      symbols.add(text.substring(start, start + length));
    }
  }
}

package io.kvasir.loadtest.hitrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Traces whose hit rates are known; a token at position x costs 1 + x. */
final class HitRateStudyTest {
  private static final double EXACT = 1e-12;

  @Test
  void cycleThatDoesNotFitIsLostOnLru() {
    Map<Contender, HitRate> rates = rates(2, List.of("a", "b", "c", "a", "b", "c"));
    assertThat(hits(rates)).containsExactly(0L, 0L, 0L, 2L);
    assertThat(rates.get(Contender.LRU)).isEqualTo(new HitRate(0, 0, 0, 4));
    assertThat(rates.get(Contender.OPTIMUM)).isEqualTo(new HitRate(2, 2 / 6.0, 2 / 6.0, 2));
  }

  @Test
  void withoutItsFrontNothingIsHit() {
    assertThat(hits(rates(3, List.of("abc", "x", "abc")))).containsExactly(2L, 2L, 0L, 2L);
  }

  @Test
  void valueKeepsTheLongerSequence() {
    Map<Contender, HitRate> rates = rates(5, List.of("abcd", "x", "y", "abcd"));
    assertThat(hits(rates)).containsExactly(3L, 4L, 0L, 4L);
    // Four tokens cost 10, three 6, one 1.
    assertThat(rates.values())
        .allSatisfy(
            rate -> assertThat(rate.hitShare()).isCloseTo(rate.hitTokens() / 10.0, within(EXACT)))
        .extracting(rate -> Math.round(22 * rate.costSavedShare()))
        .containsExactly(6L, 10L, 0L, 10L);
  }

  @Test
  void promptLargerThanTheCacheKeepsItsFront() {
    HitRateStudy study = study(2, List.of("abcd", "abc"));
    assertThat(hits(study.sizes().getFirst().rates())).containsExactly(2L, 2L, 2L, 2L);
    assertThat(study.unboundedHitShare()).isCloseTo(3 / 7.0, within(EXACT));
  }

  /** And all are the same where everything fits. */
  @Test
  void nobodyHitsMoreThanTheOptimum() {
    int better = 0;
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<String> prompts = prompts(random, 60, 8);
      int capacity = 1 + random.nextInt(30);
      List<Long> hits = hits(rates(capacity, prompts));
      assertThat(hits).as("seed %d", seed).allMatch(each -> each <= hits.getLast());
      better += hits.getFirst() < hits.getLast() ? 1 : 0;
      HitRateStudy everything = study(1000, prompts);
      double unbounded = everything.unboundedHitShare();
      assertThat(everything.sizes().getFirst().rates().values())
          .allSatisfy(rate -> assertThat(rate.hitShare()).isCloseTo(unbounded, within(EXACT)))
          .allSatisfy(rate -> assertThat(rate.evictedBlocks()).isZero());
    }
    assertThat(better).isGreaterThan(100);
  }

  @Test
  void optimumIsWhatTryingEverythingFinds() {
    for (long seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      List<String> prompts = prompts(random, 9, 3);
      int capacity = 3 + random.nextInt(4);
      long best = best(Prompts.trace(prompts), capacity);
      assertThat(hits(rates(capacity, prompts)).getLast()).as("seed %d", seed).isEqualTo(best);
    }
  }

  /** The most blocks that can be hit, by every choice of what to keep after each prompt. */
  private static long best(BlockTrace trace, int capacity) {
    Map<Integer, Integer> hitsByKept = new HashMap<>(Map.of(0, 0));
    for (int prompt = 0; prompt < trace.prompts(); prompt++) {
      int own = 0;
      for (int block : trace.blocks(prompt)) {
        own |= 1 << block;
      }
      Map<Integer, Integer> after = new HashMap<>();
      for (Map.Entry<Integer, Integer> entry : hitsByKept.entrySet()) {
        int kept = entry.getKey();
        int hits = entry.getValue();
        for (int block : trace.blocks(prompt)) {
          if ((kept & (1 << block)) == 0) {
            break;
          }
          hits++;
        }
        int others = kept & ~own;
        for (int some = others; ; some = (some - 1) & others) {
          if (Integer.bitCount(some | own) <= capacity) {
            after.merge(some | own, hits, Math::max);
          }
          if (some == 0) {
            break;
          }
        }
      }
      hitsByKept = after;
    }
    return hitsByKept.values().stream().mapToInt(hits -> hits).max().orElseThrow();
  }

  private static List<String> prompts(Random random, int count, int maxLength) {
    List<String> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      StringBuilder prompt = new StringBuilder();
      random.ints(1 + random.nextInt(maxLength), 'a', 'c').forEach(prompt::appendCodePoint);
      prompts.add(prompt.toString());
    }
    return prompts;
  }

  private static List<Long> hits(Map<Contender, HitRate> rates) {
    return rates.values().stream().map(HitRate::hitTokens).toList();
  }

  private static Map<Contender, HitRate> rates(int capacity, List<String> prompts) {
    return study(capacity, prompts).sizes().getFirst().rates();
  }

  private static HitRateStudy study(int capacity, List<String> prompts) {
    return HitRateStudy.of("test", Prompts.trace(prompts), List.of(capacity), 1);
  }
}

package io.kvasir.loadtest.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kvasir.loadtest.workload.trace.Workloads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SyntheticWorkloadTest {
  private static final double NANOS = 1e9;

  @ParameterizedTest
  @ValueSource(strings = {"mixed", "chat", "burst", "demo", "flood"})
  void sameSeedGivesTheSameArrivals(String name) {
    Workload workload = Workloads.find(name);
    List<Arrival> arrivals = take(workload, 7, 500);
    assertThat(take(Workloads.find(name), 7, 500)).isEqualTo(arrivals);
    assertThat(take(workload, 8, 500)).isNotEqualTo(arrivals);
    for (int i = 0; i < arrivals.size(); i++) {
      assertThat(arrivals.get(i).index()).isEqualTo(i);
      assertThat(arrivals.get(i).maxTokens()).isPositive();
      if (i > 0) {
        assertThat(arrivals.get(i).offsetNanos())
            .isGreaterThanOrEqualTo(arrivals.get(i - 1).offsetNanos());
      }
    }
  }

  @Test
  void tenantsGetTheirShareOfTheRate() {
    List<Arrival> arrivals = take(Workloads.find("mixed"), 3, 42_000);
    double seconds = arrivals.getLast().offsetNanos() / NANOS;
    assertThat(arrivals.size() / seconds).isCloseTo(6, within(0.15));
    Map<String, Integer> counts = new HashMap<>();
    arrivals.forEach(arrival -> counts.merge(arrival.tenant(), 1, Integer::sum));
    assertThat(counts.getOrDefault("interactive", 0) / seconds).isCloseTo(6 * 4 / 7.0, within(0.1));
    assertThat(counts.getOrDefault("chat", 0) / seconds).isCloseTo(6 * 2 / 7.0, within(0.1));
    assertThat(counts.getOrDefault("batch", 0) / seconds).isCloseTo(6 / 7.0, within(0.02));
  }

  @Test
  void rateIsOverriddenForAllTenantsTogether() {
    List<Arrival> arrivals = take(Workloads.find("mixed").atRate(60), 3, 20_000);
    assertThat(arrivals.size() / (arrivals.getLast().offsetNanos() / NANOS))
        .isCloseTo(60, within(2.0));
  }

  @Test
  void tenantsRequestsDoNotDependOnTheOthers() {
    SyntheticWorkload mixed = (SyntheticWorkload) Workloads.find("mixed");
    SyntheticWorkload alone =
        new SyntheticWorkload("one", "", List.of(mixed.mixes().getFirst()), mixed.runTime());
    List<Prompt> expected = take(alone, 5, 20).stream().map(Arrival::prompt).toList();
    List<Prompt> amongOthers =
        take(mixed, 5, 200).stream()
            .filter(arrival -> arrival.tenant().equals("interactive"))
            .map(Arrival::prompt)
            .limit(20)
            .toList();
    assertThat(amongOthers).isEqualTo(expected);
  }

  @Test
  void turnsRepeatWhatWasSaidAndTenantsShareTheirPrefix() {
    TokenSource tokens = new TokenSource(2048, 9);
    Map<String, int[]> last = new HashMap<>();
    int[] any = {};
    int laterTurns = 0;
    for (Arrival arrival : take(Workloads.find("chat"), 1, 300)) {
      int[] ids = tokens.ids((Prompt.Synthetic) arrival.prompt());
      if (any.length == 0) {
        any = ids;
      }
      assertThat(Arrays.copyOf(ids, 96)).isEqualTo(Arrays.copyOf(any, 96));
      int[] before = last.put(arrival.session(), ids);
      if (before != null && !arrival.session().isEmpty()) {
        laterTurns++;
        assertThat(Arrays.copyOf(ids, before.length)).isEqualTo(before);
        assertThat(ids.length).isGreaterThan(before.length);
      }
    }
    assertThat(laterTurns).isGreaterThan(100);
  }

  @Test
  void tokensStayAwayFromTheEndsOfTheVocabulary() {
    TokenSource tokens = new TokenSource(512, 3);
    int[] ids = tokens.ids(new Prompt.Synthetic(List.of(new Segment(5, 0, 100_000))));
    assertThat(Arrays.stream(ids).min()).hasValue(64);
    assertThat(Arrays.stream(ids).max()).hasValue(447);
  }

  @Test
  void scalingKeepsSharedPrefixesShared() {
    Prompt.Synthetic one =
        new Prompt.Synthetic(List.of(new Segment(0, 512, 512), new Segment(1, 0, 300)));
    Prompt.Synthetic other =
        new Prompt.Synthetic(List.of(new Segment(0, 512, 512), new Segment(2, 0, 100)));
    assertThat(one.scaled(1 / 32.0).segments())
        .containsExactly(new Segment(0, 16, 16), new Segment(1, 0, 9));
    assertThat(other.scaled(1 / 32.0).segments().getFirst())
        .isEqualTo(one.scaled(1 / 32.0).segments().getFirst());
    assertThat(one.scaled(1e-6).tokens()).isEqualTo(1);
    assertThat(one.first(600).segments())
        .containsExactly(new Segment(0, 512, 512), new Segment(1, 0, 88));
  }

  @Test
  void shapingScalesCutsAndCounts() {
    List<Arrival> source = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Prompt prompt = new Prompt.Synthetic(List.of(new Segment(i, 0, 100 * (i + 1))));
      source.add(Arrival.plain(i, i * 1000L, i % 2 == 0 ? "even" : "odd", prompt, 40));
    }
    Shaping shaping = new Shaping(0.5, 0.5, 3, 4000, 100, Set.of("even"));
    try (ShapedArrivals shaped = new ShapedArrivals(ArrivalStream.of(source.iterator()), shaping)) {
      List<Arrival> arrivals = new ArrayList<>();
      shaped.forEachRemaining(arrivals::add);
      assertThat(arrivals).extracting(Arrival::offsetNanos).containsExactly(0L, 1000L, 2000L);
      assertThat(arrivals).extracting(Arrival::index).containsExactly(0L, 1L, 2L);
      assertThat(arrivals).extracting(Arrival::maxTokens).containsExactly(20, 20, 20);
      assertThat(arrivals)
          .extracting(arrival -> ((Prompt.Synthetic) arrival.prompt()).tokens())
          .containsExactly(50, 80, 80);
      assertThat(shaped.clipped()).isEqualTo(2);
    }
  }

  @Test
  void durationEndsTheRun() {
    Shaping shaping = new Shaping(1, 1, Long.MAX_VALUE, 10_000_000_000L, 0, Set.of());
    try (ShapedArrivals shaped = new ShapedArrivals(Workloads.find("mixed").arrivals(1), shaping)) {
      long last = 0;
      int count = 0;
      while (shaped.hasNext()) {
        last = shaped.next().offsetNanos();
        count++;
      }
      assertThat(last).isLessThanOrEqualTo(10_000_000_000L);
      assertThat(count).isBetween(30, 100);
    }
  }

  private static List<Arrival> take(Workload workload, long seed, int count) {
    List<Arrival> arrivals = new ArrayList<>();
    try (ArrivalStream stream = workload.arrivals(seed)) {
      while (arrivals.size() < count) {
        arrivals.add(stream.next());
      }
    }
    return arrivals;
  }
}

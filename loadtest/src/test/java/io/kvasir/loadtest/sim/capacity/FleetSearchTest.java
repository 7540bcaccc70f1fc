package io.kvasir.loadtest.sim.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kvasir.loadtest.sim.SimFixtures;
import io.kvasir.loadtest.sim.engine.Promises;
import io.kvasir.loadtest.sim.engine.SimSetup;
import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.ArrivalStream;
import io.kvasir.loadtest.workload.Prompt;
import io.kvasir.loadtest.workload.Segment;
import io.kvasir.loadtest.workload.ShapedArrivals;
import io.kvasir.loadtest.workload.Shaping;
import io.kvasir.loadtest.workload.SloTargets;
import io.kvasir.loadtest.workload.SyntheticWorkload;
import io.kvasir.loadtest.workload.Workload;
import io.kvasir.loadtest.workload.WorkloadException;
import io.kvasir.scheduler.loop.SchedulerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FleetSearchTest {
  private static final SyntheticWorkload LOAD = SimFixtures.chat(12, 3, 1);
  private static final Shaping SHAPING = new Shaping(1, 1, 150, Long.MAX_VALUE, 2000, Set.of());

  @Test
  void everyRequestGoesToOneDeviceAndSessionsStayTogether() {
    Map<String, Integer> sessions = new HashMap<>();
    List<Long> seen = new ArrayList<>();
    for (int part = 0; part < 3; part++) {
      try (ArrivalStream arrivals =
          new PartOfArrivals(new ShapedArrivals(LOAD.arrivals(1), SHAPING), part, 3)) {
        while (arrivals.hasNext()) {
          Arrival arrival = arrivals.next();
          seen.add(arrival.index());
          if (!arrival.session().isEmpty()) {
            int device = part;
            assertThat(sessions.computeIfAbsent(arrival.session(), s -> device)).isEqualTo(part);
          }
        }
      }
    }
    assertThat(seen).doesNotHaveDuplicates().hasSize(150);
  }

  private static SimSetup promising(SloTargets targets) {
    SimSetup base = SimFixtures.setup(400, SchedulerConfig.builder().limits(1000, 8, 64).build());
    return new SimSetup(
        base.label(),
        base.model(),
        base.stepTime(),
        base.blockTokens(),
        base.kvBlocks(),
        base.tiers(),
        base.copies(),
        base.scheduler(),
        base.planCost(),
        new Promises(Map.of(), targets),
        base.sessions(),
        base.timing(),
        false);
  }

  @Test
  void withoutTargetsNobodyCanSayHowManyAreNeeded() {
    FleetSearch search =
        new FleetSearch(promising(SloTargets.NONE), LOAD, SHAPING, 1, 0.95, tried -> {});
    assertThatThrownBy(() -> search.find("a10", 16))
        .isInstanceOf(WorkloadException.class)
        .hasMessage("chat: has no targets, and none were given: any device would do");
  }

  @Test
  void whatWasCutToTheContextIsStated() {
    Shaping narrow = new Shaping(1, 1, 150, Long.MAX_VALUE, 100, Set.of());
    SimSetup setup = promising(new SloTargets(60_000, 0));
    Fleet fleet = new FleetSearch(setup, LOAD, narrow, 1, 0.5, tried -> {}).find("a10", 1);
    assertThat(fleet.assumptions()).containsEntry("context_tokens", 100);
    assertThat(fleet.assumptions()).containsEntry("requests", 150L);
    assertThat(fleet.assumptions()).containsKey("clipped_requests");
    assertThat(fleet.text())
        .containsPattern("! [1-9]\\d+ of 150 requests were cut to the context of 100 tokens");
    Fleet whole = new FleetSearch(setup, LOAD, SHAPING, 1, 0.5, tried -> {}).find("a10", 1);
    assertThat(whole.text()).doesNotContain("were cut");
  }

  @Test
  void goodputIsOfTheWholeTimeWhicheverDeviceWasBusyWhen() {
    // Device 1 of 2 is done long before the late request; the long prompt misses its target.
    List<Arrival> arrivals = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      arrivals.add(request(i, i, i == 9 ? 1900 : 10));
    }
    arrivals.add(request(20, 100, 10));
    Workload early = new Recorded(arrivals);
    List<Fleet.Try> tries = new ArrayList<>();
    new FleetSearch(promising(new SloTargets(500, 0)), early, SHAPING, 1, 1, tries::add)
        .find("a10", 2);
    assertThat(tries).hasSize(2);
    assertThat(tries.getFirst().goodputPerSecond()).isCloseTo(20 / 100.0, within(0.001));
    assertThat(tries.getLast().goodputPerSecond()).isCloseTo(20 / 100.0, within(0.001));
  }

  private static Arrival request(int index, long second, int tokens) {
    Prompt prompt = new Prompt.Synthetic(List.of(new Segment(index, 0, tokens)));
    return Arrival.plain(index, second * 1_000_000_000, "t", prompt, 1);
  }

  private record Recorded(List<Arrival> requests) implements Workload {
    @Override
    public String name() {
      return "recorded";
    }

    @Override
    public String description() {
      return "for tests";
    }

    @Override
    public List<String> tenants() {
      return List.of("t");
    }

    @Override
    public Optional<Duration> duration() {
      return Optional.empty();
    }

    @Override
    public Workload atRate(double ratePerSecond) {
      return this;
    }

    @Override
    public ArrivalStream arrivals(long seed) {
      return ArrivalStream.of(requests.iterator());
    }
  }

  @Test
  void theFewestDevicesThatMeetTheTargetAreFound() {
    SimSetup setup = promising(new SloTargets(1000, 100));
    Fleet fleet = new FleetSearch(setup, LOAD, SHAPING, 1, 0.95, tried -> {}).find("a10", 16);
    assertThat(fleet.devices()).isGreaterThan(1);
    Map<Integer, Double> tried = new HashMap<>();
    fleet.tries().forEach(each -> tried.put(each.devices(), each.attainment()));
    assertThat(tried.get(fleet.devices())).isGreaterThanOrEqualTo(0.95);
    assertThat(tried.get(fleet.devices() - 1)).isLessThan(0.95);
    Fleet none = new FleetSearch(setup, LOAD, SHAPING, 1, 1, tries -> {}).find("a10", 1);
    assertThat(none.devices()).isZero();
    assertThat(none.text()).contains("does not reach 100.00 %");
  }
}

package io.kvasir.loadtest.sim.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class EventQueueTest {
  private record Entry(long nanos, int number) {}

  @Test
  void eventsComeInTheOrderOfTimeAndThenOfAddition() {
    for (int seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      EventQueue queue = new EventQueue();
      PriorityQueue<Entry> oracle =
          new PriorityQueue<>(
              Comparator.comparingLong(Entry::nanos).thenComparingInt(Entry::number));
      List<Integer> happened = new ArrayList<>();
      List<Integer> expected = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        if (random.nextInt(3) > 0) {
          int number = i;
          long nanos = random.nextInt(20);
          queue.add(nanos, now -> happened.add(number));
          oracle.add(new Entry(nanos, number));
        } else if (!oracle.isEmpty()) {
          assertThat(queue.nextNanos()).as("seed %d", seed).isEqualTo(oracle.element().nanos());
          queue.take().happen(0);
          expected.add(oracle.remove().number());
        }
      }
      assertThat(happened).as("seed %d", seed).isEqualTo(expected);
      assertThat(queue.isEmpty()).isEqualTo(oracle.isEmpty());
    }
  }

  @Test
  void theActorTakesOneTurnPerMomentAndTimeNeverRunsBackwards() {
    Simulation simulation = new Simulation();
    List<String> seen = new ArrayList<>();
    simulation.at(5, now -> seen.add("a"));
    simulation.at(
        5,
        now -> {
          seen.add("b");
          simulation.at(5, later -> seen.add("c"));
          simulation.at(9, later -> simulation.stop());
        });
    simulation.at(12, now -> seen.add("never"));
    simulation.run(now -> seen.add("turn " + now));
    assertThat(seen).containsExactly("a", "b", "c", "turn 5", "turn 9");
    assertThatThrownBy(() -> simulation.at(8, now -> {}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(new EventQueue()::take).isInstanceOf(IllegalStateException.class);
  }
}

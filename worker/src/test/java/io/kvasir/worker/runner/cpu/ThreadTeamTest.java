package io.kvasir.worker.runner.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ThreadTeamTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void everyMemberSeesWhatAllWroteBeforeTheBarrier(int size) {
    try (ThreadTeam team = new ThreadTeam("test", size)) {
      int[] values = new int[size];
      AtomicInteger wrong = new AtomicInteger();
      int rounds = 50;
      ThreadTeam.Task task =
          member -> {
            for (int round = 1; round <= rounds; round++) {
              values[member] += round;
              team.barrier();
              for (int value : values) {
                if (value != values[0]) {
                  wrong.incrementAndGet();
                }
              }
              team.barrier();
            }
          };
      for (int i = 0; i < 5; i++) {
        team.run(task);
      }
      assertThat(wrong).hasValue(0);
      assertThat(values).containsOnly(5 * rounds * (rounds + 1) / 2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void aFailureOfAnyMemberEndsTheTaskAndTheTeamGoesOn(int size) {
    try (ThreadTeam team = new ThreadTeam("test", size)) {
      for (int failing = 0; failing < size; failing++) {
        int bad = failing;
        assertThatThrownBy(() ->
                team.run(member -> {
                  team.barrier();
                  if (member == bad) {
                    throw new IllegalStateException("member " + member);
                  }
                  team.barrier();
                }))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("member " + bad);
        AtomicInteger ran = new AtomicInteger();
        team.run(member -> {
          team.barrier();
          ran.incrementAndGet();
        });
        assertThat(ran).hasValue(size);
      }
    }
  }

  @Test
  void sharesCoverAllItemsOnce() {
    try (ThreadTeam team = new ThreadTeam("test", 3)) {
      for (int count = 0; count < 20; count++) {
        assertThat(team.start(count, 0)).isZero();
        assertThat(team.start(count, 3)).isEqualTo(count);
        for (int member = 0; member < 3; member++) {
          assertThat(team.start(count, member)).isLessThanOrEqualTo(team.start(count, member + 1));
        }
      }
    }
  }
}

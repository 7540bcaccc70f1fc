package io.kvasir.worker.runner.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ThreadTeamTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void everyChunkIsDoneOnceAndSeesAllWorkBefore(int size) {
    Random random = new Random(17);
    try (ThreadTeam team = new ThreadTeam("test", size)) {
      int[] values = new int[40];
      for (int round = 0; round < 2000; round++) {
        int before = round;
        int chunks = random.nextInt(values.length + 1);
        team.limit(1 + random.nextInt(size));
        team.run(
            values.length,
            (chunk, member) -> {
              assertThat(values[chunk]).isEqualTo(2 * before);
              values[chunk]++;
            });
        team.run(chunks, (chunk, member) -> values[chunk]++);
        team.run(values.length - chunks, (chunk, member) -> values[chunks + chunk]++);
      }
      assertThat(values).containsOnly(4000);
    }
  }

  @Test
  void helpersTakeChunksWhileTheCallerIsBusy() {
    try (ThreadTeam team = new ThreadTeam("test", 3)) {
      for (int round = 0; round < 20; round++) {
        CountDownLatch all = new CountDownLatch(3);
        AtomicInteger members = new AtomicInteger();
        team.run(
            3,
            (chunk, member) -> {
              members.addAndGet(1 << member);
              all.countDown();
              await(all);
            });
        assertThat(members).hasValue(7);
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void aFailingChunkEndsTheWorkAndTheTeamGoesOn(int size) {
    try (ThreadTeam team = new ThreadTeam("test", size)) {
      for (int round = 0; round < 50; round++) {
        int bad = round % 10;
        assertThatThrownBy(() ->
                team.run(
                    10,
                    (chunk, member) -> {
                      if (chunk == bad) {
                        throw new IllegalStateException("chunk " + chunk);
                      }
                    }))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("chunk " + bad);
        AtomicInteger ran = new AtomicInteger();
        team.run(10, (chunk, member) -> ran.incrementAndGet());
        assertThat(ran).hasValue(10);
      }
    }
  }
}

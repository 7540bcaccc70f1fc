package io.kvasir.kvpool.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.residency.TieredPool.Request;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What one copy job moves lies together on both sides. */
final class TierRunsTest {
  private static final int CHURN_ROUNDS = 600;
  private static final long CHURN_SEED = 20261123;

  @Test
  void aSwapOutIntoAnEmptyTierIsOneRunAndSoIsItsRestore() {
    TieredPool tiered = new TieredPool(128, TieredPool.tier("dram", 64));
    Request request = tiered.request("abcd".repeat(50) + "?").compute(4 * 40 + 3);
    request.swapOut();
    CopyJob store = tiered.order();
    assertThat(store.blockCount()).isEqualTo(41);
    assertThat(TieredPool.runs(store)).isEqualTo(1);
    tiered.observe(store, CopyOutcome.DONE);
    tiered.evictCached();
    request.swapIn(1);
    CopyJob load = tiered.order();
    assertThat(load.blockCount()).isEqualTo(41);
    assertThat(TieredPool.runs(load)).isEqualTo(1);
    assertThat(tiered.residency.totals().of(0, CopyKind.STORE).runs()).isEqualTo(1);
  }

  @Test
  void aFullTierMakesRoomForAWholeSwapOutAtOnce() {
    TieredPool tiered = new TieredPool(128, TieredPool.tier("dram", 48));
    for (String letter : List.of("a", "b", "c")) {
      Request old = tiered.request(letter.repeat(64)).compute(64);
      old.swapOut();
      old.leave();
      tiered.settle();
    }
    Request request = tiered.request("d".repeat(128)).compute(128);
    request.swapOut();
    CopyJob store = tiered.order();
    assertThat(store.blockCount()).isEqualTo(32);
    assertThat(TieredPool.runs(store)).isEqualTo(1);
  }

  @Test
  void whatBecameCachedFromTheTailOnIsDemotedInOneRun() {
    TieredPool tiered =
        new TieredPool(128, TieredPool.tier("dram", 64), TieredPool.persistent("ssd", 64));
    Request request = tiered.request("abcd".repeat(12)).compute(48);
    request.leave();
    tiered.residency.demote();
    CopyJob store = tiered.order();
    assertThat(store.blockCount()).isEqualTo(12);
    assertThat(TieredPool.runs(store)).isEqualTo(1);
    tiered.observe(store, CopyOutcome.DONE);
    tiered.residency.demote();
    CopyJob move = tiered.order();
    assertThat(move.kind()).isEqualTo(CopyKind.MOVE);
    assertThat(move.blockCount()).isEqualTo(12);
    assertThat(TieredPool.runs(move)).isEqualTo(1);
  }

  /** Requests of 2 to 60 blocks come, grow, are swapped and go; both memories are always full. */
  @Test
  void runsStayLongInATierThatIsAlwaysFull() {
    Random random = new Random(CHURN_SEED);
    TieredPool tiered = new TieredPool(448, TieredPool.tier("dram", 512));
    List<Request> running = new ArrayList<>();
    List<Request> swapped = new ArrayList<>();
    long blocks = 0;
    long runs = 0;
    for (int round = 0; round < CHURN_ROUNDS; round++) {
      running.add(next(random, tiered, swapped));
      for (Request request : running) {
        request.compute(Math.min(239, request.computed + random.nextInt(20)));
      }
      if (running.size() > 5) {
        Request victim = running.remove(random.nextInt(running.size()));
        victim.swapOut();
        swapped.add(victim);
      }
      for (CopyJob job : tiered.residency.takeOrders()) {
        if (round > CHURN_ROUNDS / 2) {
          blocks += job.blockCount();
          runs += TieredPool.runs(job);
        }
        tiered.observe(job, CopyOutcome.DONE);
      }
      if (swapped.size() > 6) {
        swapped.remove(random.nextInt(swapped.size())).leave();
      }
    }
    assertThat(tiered.residency.tier(0).usedSlots()).isGreaterThanOrEqualTo(512 - 512 / 16);
    assertThat((double) blocks / runs).as("mean run, seed %d", CHURN_SEED).isGreaterThan(2);
  }

  /** A new request, or one that was swapped out and is restored. */
  private static Request next(Random random, TieredPool tiered, List<Request> swapped) {
    if (swapped.isEmpty() || random.nextInt(3) == 0) {
      int[] tokens = random.ints(240, 0, 1000).toArray();
      return tiered.new Request(tokens, false).compute(8 + random.nextInt(150));
    }
    Request request = swapped.remove(random.nextInt(swapped.size()));
    request.swapIn(1 + random.nextInt(3));
    tiered.settle(request);
    return request;
  }
}

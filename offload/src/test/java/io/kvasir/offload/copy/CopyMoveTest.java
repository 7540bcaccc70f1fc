package io.kvasir.offload.copy;

import static io.kvasir.kvpool.tier.CopyOutcome.CANCELLED;
import static io.kvasir.kvpool.tier.CopyOutcome.DONE;
import static io.kvasir.kvpool.tier.CopyOutcome.MISS;
import static io.kvasir.kvpool.tier.CopyUrgency.BACKGROUND;
import static io.kvasir.kvpool.tier.CopyUrgency.RESTORE;
import static io.kvasir.kvpool.tier.CopyUrgency.SWAP_OUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.CopyResult;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Moves from tier to tier through staging memory. */
class CopyMoveTest {
  private final HeapStore dram = new HeapStore("dram", 100);
  private final HeapStore cxl = new HeapStore("cxl", 100);
  private final HeapStore ssd = new HeapStore("ssd", 100);

  @Test
  void aBlockGoesDownAllTiersAndComesBack() throws InterruptedException {
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, dram, cxl, ssd)) {
      for (int i = 0; i < 10; i++) {
        rig.fill(i, 100 + i);
      }
      int[] keys = Jobs.range(0, 10);
      rig.run(Jobs.store(1, SWAP_OUT, 0, keys, keys));
      CopyResult down = rig.run(Jobs.move(2, BACKGROUND, 0, 1, keys, keys));
      assertThat(down.outcomes()).hasSize(10).containsOnly(DONE);
      assertThat(down.bytes()).isEqualTo(10L * CopyRig.BLOCK_BYTES);
      // Pieces of 4, 4 and 2.
      assertThat(down.runs()).isEqualTo(3);
      int[] places = Jobs.range(40, 10);
      assertThat(rig.run(Jobs.move(3, BACKGROUND, 1, 2, keys, places)).outcomes())
          .containsOnly(DONE);
      assertThat(rig.run(Jobs.loadOf(4, 2, Jobs.range(200, 10), places, keys)).outcomes())
          .containsOnly(DONE);
      for (int i = 0; i < 10; i++) {
        rig.assertFilled(200 + i, 100 + i);
      }
    }
  }

  @Test
  void whatIsMissedIsNotWrittenAndItsNeighboursAre() throws InterruptedException {
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, dram, ssd)) {
      rig.fill(0, 1);
      rig.fill(3, 4);
      rig.run(Jobs.store(1, SWAP_OUT, 0, ints(0, 3), ints(0, 3)));
      CopyResult result =
          rig.run(Jobs.move(2, BACKGROUND, 0, 1, Jobs.range(0, 5), Jobs.range(10, 5)));
      assertThat(result.outcomes()).containsExactly(DONE, MISS, MISS, DONE, MISS);
      assertThat(result.failure()).isEqualTo("slot 1 holds another block");
      assertThat(ssd.calls()).hasSize(1).contains(List.of(10, 13));
      assertThat(rig.run(Jobs.loadOf(3, 1, ints(20, 21), ints(10, 13), ints(0, 3))).outcomes())
          .containsOnly(DONE);
      rig.assertFilled(20, 1);
      rig.assertFilled(21, 4);
      // All staging memory came back: more pieces than there are chunks still go through.
      assertThat(
              rig.run(Jobs.move(4, BACKGROUND, 0, 1, Jobs.range(40, 20), Jobs.range(40, 20)))
                  .outcomes())
          .hasSize(20)
          .containsOnly(MISS);
      assertThat(rig.run(Jobs.move(5, BACKGROUND, 0, 1, ints(0, 3), ints(60, 61))).outcomes())
          .containsOnly(DONE);
    }
  }

  @Test
  void aStuckDestinationHoldsUpNoLoadAndNoMoreThanTheStagingMemory() throws InterruptedException {
    GatedStore slow = new GatedStore(ssd);
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, dram, slow)) {
      int[] keys = Jobs.range(0, 32);
      rig.run(Jobs.store(1, SWAP_OUT, 0, keys, keys));
      rig.engine.submit(Jobs.move(2, RESTORE, 0, 1, keys, keys));
      assertThat(slow.stores.awaitCall()).containsExactly(0, 1, 2, 3);
      // The second chunk is being read or waits; the rest waits for staging memory.
      for (int i = 0; i < 10; i++) {
        assertThat(rig.run(Jobs.load(10 + i, BACKGROUND, 0, ints(100), ints(i))).outcomes())
            .containsOnly(DONE);
      }
      LinkStats reads = rig.stats(0, LinkDirection.READ);
      assertThat(reads.queuedBlocks()).isEqualTo(32 - 2 * 4);
      assertThat(rig.stats(1, LinkDirection.WRITE).queuedBlocks()).isEqualTo(4);
      slow.letAll();
      assertThat(rig.next().outcomes()).hasSize(32).containsOnly(DONE);
    }
  }

  @Test
  void ofACancelledMoveWhatWasReadIsWritten() throws InterruptedException {
    GatedStore slow = new GatedStore(ssd);
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, dram, slow)) {
      int[] keys = Jobs.range(0, 16);
      rig.run(Jobs.store(1, SWAP_OUT, 0, keys, keys));
      rig.engine.submit(Jobs.move(2, BACKGROUND, 0, 1, keys, keys));
      slow.stores.awaitCall();
      // Behind the second chunk, which was read when this load is done.
      rig.run(Jobs.load(3, BACKGROUND, 0, ints(100), ints(0)));
      rig.engine.cancel(2);
      assertThat(rig.results).isEmpty();
      slow.letAll();
      CopyResult result = rig.next();
      assertThat(result.outcomes().subList(0, 8)).containsOnly(DONE);
      assertThat(result.outcomes().subList(8, 16)).containsOnly(CANCELLED);
      assertThat(ssd.calls()).containsExactly(List.of(0, 1, 2, 3), List.of(4, 5, 6, 7));
    }
  }

  @Test
  void movesBetweenAllTiersAtOnceComeThrough() throws InterruptedException {
    CopyEngineConfig tight = new CopyEngineConfig(1000, 2, 4, 2, 1);
    try (CopyRig rig = new CopyRig(tight, dram, cxl, ssd)) {
      int[] keys = Jobs.range(0, 100);
      rig.run(Jobs.store(1, SWAP_OUT, 0, keys, keys));
      rig.run(Jobs.store(2, SWAP_OUT, 1, Jobs.range(50, 50), Jobs.range(50, 50)));
      Set<Long> expected = new HashSet<>();
      for (int i = 0; i < 10; i++) {
        int[] five = Jobs.range(5 * i, 5);
        int[] upper = Jobs.range(50 + 5 * i, 5);
        rig.engine.submit(Jobs.move(10 + i, BACKGROUND, 0, 1, five, five));
        rig.engine.submit(Jobs.move(20 + i, BACKGROUND, 0, 2, upper, upper));
        rig.engine.submit(Jobs.move(30 + i, RESTORE, 1, 2, upper, five));
        expected.addAll(List.of(10L + i, 20L + i, 30L + i));
      }
      while (!expected.isEmpty()) {
        CopyResult result = rig.next();
        assertThat(result.outcomes()).hasSize(5).containsOnly(DONE);
        assertThat(expected.remove(result.jobId())).isTrue();
      }
    }
  }

  private static int[] ints(int... values) {
    return values;
  }
}

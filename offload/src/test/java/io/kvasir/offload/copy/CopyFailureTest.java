package io.kvasir.offload.copy;

import static io.kvasir.kvpool.tier.CopyOutcome.DONE;
import static io.kvasir.kvpool.tier.CopyUrgency.BACKGROUND;
import static io.kvasir.kvpool.tier.CopyUrgency.RESTORE;
import static io.kvasir.kvpool.tier.CopyUrgency.SWAP_OUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Stores and listeners that go wrong: blocks fail, the engine lives on. */
class CopyFailureTest {
  private static final int BAD = 6;

  private final HeapStore dram = new HeapStore("dram", 100);
  private final HeapStore ssd = new HeapStore("ssd", 100);

  @ParameterizedTest
  @EnumSource
  void aStoreFails(BrokenStore.Way way) throws InterruptedException {
    CopyRig rig = new CopyRig(CopyRig.SMALL, new BrokenStore(dram, BAD, way));
    int[] keys = Jobs.range(0, 10);
    assertFails(rig, way, Jobs.store(1, SWAP_OUT, 0, keys, keys));
    LinkStats stats = rig.stats(0, LinkDirection.WRITE);
    assertThat(stats.failures() + stats.misses()).isEqualTo(throwsAway(way) ? 4 : 1);
    finish(rig);
  }

  @ParameterizedTest
  @EnumSource
  void aLoadFails(BrokenStore.Way way) throws InterruptedException {
    int[] keys = Jobs.range(0, 10);
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, dram)) {
      rig.run(Jobs.store(1, SWAP_OUT, 0, keys, keys));
    }
    CopyRig rig = new CopyRig(CopyRig.SMALL, new BrokenStore(dram, BAD, way));
    assertFails(rig, way, Jobs.load(2, RESTORE, 0, keys, keys));
    finish(rig);
  }

  @ParameterizedTest
  @EnumSource
  void aMoveFailsWhereItIsRead(BrokenStore.Way way) throws InterruptedException {
    int[] keys = Jobs.range(0, 10);
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, dram)) {
      rig.run(Jobs.store(1, SWAP_OUT, 0, keys, keys));
    }
    CopyRig rig = new CopyRig(CopyRig.SMALL, new BrokenStore(dram, BAD, way), ssd);
    assertFails(rig, way, Jobs.move(2, BACKGROUND, 0, 1, keys, keys));
    finish(rig);
  }

  @ParameterizedTest
  @EnumSource
  void aMoveFailsWhereItIsWritten(BrokenStore.Way way) throws InterruptedException {
    int[] keys = Jobs.range(0, 10);
    CopyRig rig = new CopyRig(CopyRig.SMALL, dram, new BrokenStore(ssd, BAD, way));
    rig.run(Jobs.store(1, SWAP_OUT, 0, keys, keys));
    for (int round = 2; round < 8; round++) {
      // More rounds than there is staging memory: none may be lost.
      assertFails(rig, way, Jobs.move(round, BACKGROUND, 0, 1, keys, keys));
    }
    finish(rig);
  }

  private static boolean throwsAway(BrokenStore.Way way) {
    return way == BrokenStore.Way.EXCEPTION || way == BrokenStore.Way.ERROR;
  }

  /** Blocks of 0-3, 4-7 and 8-9 are a piece each; a call that throws takes its piece with it. */
  private static void assertFails(CopyRig rig, BrokenStore.Way way, CopyJob job)
      throws InterruptedException {
    CopyResult result = rig.run(job);
    CopyOutcome bad = way == BrokenStore.Way.MISS ? CopyOutcome.MISS : CopyOutcome.FAILED;
    for (int i = 0; i < 10; i++) {
      boolean hit = throwsAway(way) ? i >= 4 && i < 8 : i == BAD;
      assertThat(result.outcomes().get(i)).as("block %d", i).isEqualTo(hit ? bad : DONE);
    }
    assertThat(result.failure())
        .contains(way == BrokenStore.Way.FORGOTTEN ? "no outcome" : "broken on purpose");
  }

  private void finish(CopyRig rig) throws InterruptedException {
    int[] slots = Jobs.range(20, 5);
    assertThat(rig.run(Jobs.store(50, SWAP_OUT, 0, slots, slots)).outcomes()).containsOnly(DONE);
    // The broken store throws at its end too; all stores are closed all the same.
    assertThatThrownBy(rig::close).hasMessageContaining("broken on purpose");
    assertThat(dram.isClosed()).isTrue();
    rig.close();
  }

  @Test
  void aListenerThatThrowsIsToldOfTheNextJob() throws InterruptedException {
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, dram)) {
      rig.engine.listen(result -> {
        rig.results.add(result);
        throw new IllegalStateException("broken on purpose");
      });
      for (int id = 1; id < 4; id++) {
        rig.run(Jobs.store(id, SWAP_OUT, 0, Jobs.range(0, 1), Jobs.range(0, 1)));
      }
      rig.engine.drain();
    }
  }

  @Test
  void piecesAreMegabytesWhateverABlockIs() {
    assertThat(CopyEngineConfig.forBlockBytes(2 << 20).pieceBlocksMax()).isEqualTo(4);
    assertThat(CopyEngineConfig.forBlockBytes(64 << 20).pieceBlocksMax()).isEqualTo(1);
    assertThat(CopyEngineConfig.forBlockBytes(128).pieceBlocksMax()).isEqualTo(256);
  }

  @Test
  void refusesLimitsOutOfBounds() {
    assertThatThrownBy(() -> new CopyEngineConfig(3, 4, 1, 1, 1))
        .hasMessageContaining("queueBlocksMax");
    assertThatThrownBy(() -> new CopyEngineConfig(64, 0, 1, 1, 1))
        .hasMessageContaining("pieceBlocksMax");
    assertThatThrownBy(() -> new CopyEngineConfig(64, 4, 0, 1, 1))
        .hasMessageContaining("promoteEvery");
    assertThatThrownBy(() -> new CopyEngineConfig(64, 4, 1, 0, 1)).hasMessageContaining("threads");
    assertThatThrownBy(() -> new CopyEngineConfig(64, 4, 1, 1, 0))
        .hasMessageContaining("stagingPieces");
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, dram)) {
      assertThatThrownBy(() ->
              new CopyEngine(
                  rig.arena, CopyRig.LAYOUT, CopyRig.BLOCKS + 1, List.of(ssd), CopyRig.SMALL))
          .hasMessageContaining("blockCount");
      assertThatThrownBy(
              () -> new CopyEngine(rig.arena, CopyRig.LAYOUT, 1, List.of(), CopyRig.SMALL))
          .hasMessageContaining("tiers");
    }
  }
}

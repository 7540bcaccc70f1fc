package io.kvasir.offload.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.offload.store.arena.ArenaStore;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TieredBlockStoreTest {
  private static final int SLOTS = 2000;

  private final AtomicLong clock = new AtomicLong(1000);

  private TieredBlockStore tier(TierStore store, @Nullable MapBlockIndex index) {
    return new TieredBlockStore(
        store, Blocks.codecs(), Blocks.GEOMETRY, Blocks.MODEL, 5, 6, index, clock::get);
  }

  private static ArenaStore arena() {
    return ArenaStore.dram(
        "dram",
        (long) SLOTS * Blocks.RECORD_BYTES,
        Blocks.RECORD_BYTES,
        OptionalInt.empty(),
        ArenaStore.Commit.LAZILY);
  }

  @Test
  void saysWhatItIs() {
    try (TieredBlockStore tier = tier(arena(), null)) {
      assertThat(tier.spec().kind()).isEqualTo(TierKind.DRAM);
      assertThat(tier.spec().name()).isEqualTo("dram");
      assertThat(tier.spec().slotCount()).isEqualTo(SLOTS);
      assertThat(tier.spec().exact()).isTrue();
      assertThat(tier.spec().readBytesPerSecond()).isEqualTo(5);
      assertThat(tier.spec().writeBytesPerSecond()).isEqualTo(6);
    }
  }

  @Test
  void batchesLargerThanPortionComeBackFromMapsAndArenas() {
    for (TierStore store : List.of(arena(), new MapTierStore(SLOTS, Blocks.RECORD_BYTES))) {
      try (TieredBlockStore tier = tier(store, null)) {
        List<BlockTransfer> blocks =
            IntStream.range(0, SLOTS).mapToObj(i -> Blocks.block(i, 100 + i, i)).toList();
        tier.store(blocks);
        List<BlockTransfer> rooms =
            IntStream.range(0, SLOTS).mapToObj(i -> Blocks.room(i, 100 + i, i)).toList();
        tier.load(rooms);
        for (int i = 0; i < SLOTS; i++) {
          assertThat(blocks.get(i).outcome).isEqualTo(CopyOutcome.DONE);
          assertThat(rooms.get(i).outcome).isEqualTo(CopyOutcome.DONE);
          assertThat(rooms.get(i).bytes).isEqualTo(128 + Blocks.GEOMETRY.blockBytes());
          assertThat(Blocks.bytes(rooms.get(i))).isEqualTo(Blocks.bytes(blocks.get(i)));
        }
        assertThat(tier.counters().stored()).isEqualTo(SLOTS);
        assertThat(tier.counters().loads(RecordVerdict.GOOD)).isEqualTo(SLOTS);
        assertThat(tier.counters().misses()).isZero();
      }
    }
  }

  @Test
  void tailOfFewTokensTakesFewBytes() {
    try (TieredBlockStore tier = tier(arena(), null)) {
      BlockTransfer tail = Blocks.block(1, 1, 1);
      tail.tokens = 2;
      tier.store(List.of(tail));
      assertThat(tail.bytes).isEqualTo(128 + 2 * Blocks.GEOMETRY.tokenBytes());
      assertThat(load(tier, 1, 1, 1)).isEqualTo(CopyOutcome.MISS);
      assertThat(tier.counters().loads(RecordVerdict.TOKENS)).isEqualTo(1);
    }
  }

  @Test
  void arenaReportsItsBlocksInOrderOfUse() {
    try (TieredBlockStore tier = tier(arena(), null)) {
      for (int i = 0; i < 5; i++) {
        clock.incrementAndGet();
        tier.store(List.of(Blocks.block(i, i, 10 + i)));
      }
      clock.incrementAndGet();
      assertThat(load(tier, 2, 2, 12)).isEqualTo(CopyOutcome.DONE);
      tier.store(List.of(Blocks.block(0, 50, 60)));
      assertThat(load(tier, 4, 4, 99)).isEqualTo(CopyOutcome.MISS);
      List<StoredBlock> found = new ArrayList<>();
      tier.inventory(3, found::add);
      assertThat(found).extracting(StoredBlock::slot).containsExactly(1, 3, 0, 2);
      assertThat(found.get(2).hashLo()).isEqualTo(50);
      assertThat(found.get(2).generation()).isEqualTo(60);
      assertThat(found.get(2).saltTag()).isEqualTo(77);
      assertThat(found.get(2).tier()).isEqualTo(3);
    }
  }

  @Test
  void missGivesUpSlotAndEntry() {
    MapBlockIndex index = new MapBlockIndex(100);
    try (TieredBlockStore tier = tier(new MapTierStore(SLOTS, Blocks.RECORD_BYTES), index)) {
      tier.store(List.of(Blocks.block(4, 1, 1)));
      assertThat(load(tier, 4, 1, 2)).isEqualTo(CopyOutcome.MISS);
      assertThat(index.size()).isZero();
      assertThat(load(tier, 4, 1, 1)).isEqualTo(CopyOutcome.MISS);
      assertThat(tier.counters().loads(RecordVerdict.GENERATION)).isEqualTo(1);
      assertThat(tier.counters().loads(RecordVerdict.ABSENT)).isEqualTo(1);
      assertThat(tier.counters())
          .hasToString(
              "stored 1 blocks in 8320 bytes, 0 failed;"
                  + " loaded 0 in 0 bytes, 0 failed, 2 missed ABSENT 1 GENERATION 1");
    }
  }

  @Test
  void oldEntryGoesBeforeDataAndNewOneComesAfter() {
    MapBlockIndex index = new MapBlockIndex(100);
    FaultyTierStore store =
        new FaultyTierStore(
            new MapTierStore(SLOTS, Blocks.RECORD_BYTES),
            (write, _) -> {
              index.journal.add(write ? "data" : "read");
              return Fault.NONE;
            },
            1,
            () -> {});
    try (TieredBlockStore tier = tier(store, index)) {
      tier.store(List.of(Blocks.block(4, 1, 1)));
      tier.store(List.of(Blocks.block(4, 2, 2)));
      assertThat(index.journal).containsExactly("data", "put 4", "remove 4", "data", "put 4");
    }
  }

  @Test
  void failedWriteLeavesNoEntry() {
    MapBlockIndex index = new MapBlockIndex(100);
    FaultyTierStore store =
        new FaultyTierStore(
            new MapTierStore(SLOTS, Blocks.RECORD_BYTES),
            (write, slot) -> write && slot == 5 ? Fault.FULL : Fault.NONE,
            1,
            () -> {});
    try (TieredBlockStore tier = tier(store, index)) {
      BlockTransfer good = Blocks.block(4, 1, 1);
      BlockTransfer bad = Blocks.block(5, 2, 1);
      tier.store(List.of(good, bad));
      assertThat(good.outcome).isEqualTo(CopyOutcome.DONE);
      assertThat(bad.outcome).isEqualTo(CopyOutcome.FAILED);
      assertThat(bad.failure).contains("FULL");
      assertThat(index.size()).isEqualTo(1);
      assertThat(tier.counters().storeFailures()).isEqualTo(1);
      assertThat(load(tier, 5, 2, 1)).isEqualTo(CopyOutcome.MISS);
    }
  }

  @Test
  void failedReadKeepsEntryAndBlock() {
    MapBlockIndex index = new MapBlockIndex(100);
    List<Fault> faults = new ArrayList<>(List.of(Fault.NONE, Fault.FAILING, Fault.NONE));
    FaultyTierStore store =
        new FaultyTierStore(
            new MapTierStore(SLOTS, Blocks.RECORD_BYTES),
            (_, _) -> faults.removeFirst(),
            1,
            () -> {});
    try (TieredBlockStore tier = tier(store, index)) {
      tier.store(List.of(Blocks.block(4, 1, 1)));
      assertThat(load(tier, 4, 1, 1)).isEqualTo(CopyOutcome.FAILED);
      assertThat(index.size()).isEqualTo(1);
      assertThat(load(tier, 4, 1, 1)).isEqualTo(CopyOutcome.DONE);
      assertThat(tier.counters().loadFailures()).isEqualTo(1);
    }
  }

  @Test
  void fullIndexFailsWithClearText() {
    MapBlockIndex index = new MapBlockIndex(1);
    try (TieredBlockStore tier = tier(new MapTierStore(SLOTS, Blocks.RECORD_BYTES), index)) {
      BlockTransfer second = Blocks.block(1, 2, 1);
      tier.store(List.of(Blocks.block(0, 1, 1), second));
      assertThat(second.outcome).isEqualTo(CopyOutcome.FAILED);
      assertThat(second.failure).contains("index is full");
      assertThat(tier.counters().indexFull()).isEqualTo(1);
      assertThat(load(tier, 1, 2, 1)).isEqualTo(CopyOutcome.MISS);
      assertThat(load(tier, 0, 1, 1)).isEqualTo(CopyOutcome.DONE);
    }
  }

  @Test
  void refusesStoreWithTooSmallRecords() {
    assertThatThrownBy(() -> tier(new MapTierStore(SLOTS, 4096), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4096");
  }

  private static CopyOutcome load(TieredBlockStore tier, int slot, long number, int generation) {
    BlockTransfer room = Blocks.room(slot, number, generation);
    tier.load(List.of(room));
    return room.outcome;
  }
}

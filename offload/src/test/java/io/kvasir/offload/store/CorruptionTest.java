package io.kvasir.offload.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.offload.store.arena.ArenaStore;
import io.kvasir.offload.store.arena.CxlDevice;
import io.kvasir.offload.store.arena.CxlStores;
import io.kvasir.offload.store.arena.ManualTimer;
import io.kvasir.offload.store.file.FileStore;
import io.kvasir.offload.store.file.FileStoreConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a store does to its records: a block comes back right, or not at all. */
class CorruptionTest {
  private static final int SLOTS = 16;
  private static final int SEEDS = 60;
  private static final List<Fault> ALL =
      List.of(
          Fault.LOST,
          Fault.ZEROED,
          Fault.TRUNCATED,
          Fault.BIT_FLIPPED,
          Fault.SWAPPED,
          Fault.STALE,
          Fault.SLOW,
          Fault.FULL,
          Fault.FAILING);

  @TempDir Path directory;

  /** How to open a store of a kind, new and empty. */
  @FunctionalInterface
  private interface Opener {
    TierStore open() throws IOException;
  }

  @Test
  void mapsAreSeenThrough() throws IOException {
    detects(() -> new MapTierStore(SLOTS, Blocks.RECORD_BYTES), false);
  }

  @Test
  void dramIsSeenThroughInPlaceAndCopied() throws IOException {
    Opener dram =
        () ->
            ArenaStore.dram(
                "dram",
                (long) SLOTS * Blocks.RECORD_BYTES,
                Blocks.RECORD_BYTES,
                OptionalInt.empty(),
                ArenaStore.Commit.LAZILY);
    detects(dram, true);
    detects(dram, false);
  }

  @Test
  void cxlIsSeenThroughAloneAndStriped() throws IOException {
    detects(() -> cxl(List.of(device(SLOTS))), true);
    detects(() -> cxl(List.of(device(SLOTS / 2), device(SLOTS / 2))), false);
  }

  private static CxlDevice device(int slots) {
    return new CxlDevice.Emulated((long) slots * Blocks.RECORD_BYTES, 1 << 30, 1 << 30, 1000);
  }

  private static TierStore cxl(List<CxlDevice> devices) throws IOException {
    return CxlStores.open("cxl", devices, Blocks.RECORD_BYTES, 2, new ManualTimer());
  }

  @Test
  void filesAreSeenThrough() throws IOException {
    Path file = directory.resolve("blocks");
    FileStoreConfig config =
        new FileStoreConfig(
            "ssd",
            file,
            (1 << 20) + (long) SLOTS * Blocks.RECORD_BYTES,
            SLOTS,
            Blocks.RECORD_BYTES,
            Blocks.GEOMETRY,
            Blocks.MODEL,
            Long.MAX_VALUE);
    detects(
        () -> {
          Files.deleteIfExists(file);
          return FileStore.open(config, _ -> {}, () -> 0);
        },
        false);
  }

  private static void detects(Opener opener, boolean inPlace) throws IOException {
    int corrupted = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      corrupted += run(opener.open(), inPlace, seed);
    }
    assertThat(corrupted).as("corrupted loads in %d seeds", SEEDS).isGreaterThan(SEEDS);
  }

  /** Stores and loads at random; answers how many loads met corruption. */
  private static int run(TierStore store, boolean inPlace, long seed) {
    FaultSchedule schedule = FaultSchedule.seeded(seed, 0.3, ALL);
    FaultyTierStore faulty =
        inPlace
            ? new FaultyMappedStore((MappedStore) store, schedule, seed)
            : new FaultyTierStore(store, schedule, seed, () -> {});
    MapBlockIndex index = new MapBlockIndex(SLOTS);
    Random random = new Random(seed);
    Map<Integer, BlockTransfer> expected = new HashMap<>();
    int corrupted = 0;
    try (TieredBlockStore tier =
        new TieredBlockStore(
            faulty, Blocks.codecs(), Blocks.GEOMETRY, Blocks.MODEL, 1, 1, index, () -> 0)) {
      for (int step = 1; step <= 25; step++) {
        List<BlockTransfer> stores = new ArrayList<>();
        int first = random.nextInt(SLOTS);
        for (int slot = first; slot < Math.min(SLOTS, first + 4); slot++) {
          // Few different blocks: the same one comes back in other slots and generations.
          stores.add(Blocks.block(slot, random.nextInt(8), step * SLOTS + slot));
        }
        tier.store(stores);
        stores.forEach(block -> expected.put(block.slot, block));
        for (BlockTransfer stored : List.copyOf(expected.values())) {
          if (random.nextInt(4) == 0) {
            corrupted += load(tier, faulty, stored, expected, "seed " + seed);
          }
        }
      }
    }
    return corrupted;
  }

  private static int load(
      TieredBlockStore tier,
      FaultyTierStore faulty,
      BlockTransfer stored,
      Map<Integer, BlockTransfer> expected,
      String what) {
    boolean wasStored = stored.outcome == CopyOutcome.DONE;
    boolean lost = faulty.lost(stored.slot);
    long missesBefore = tier.counters().misses();
    BlockTransfer room = Blocks.room(stored.slot, stored.hashLo, stored.generation);
    tier.load(List.of(room));
    Fault fault = lost ? Fault.LOST : faulty.struck(stored.slot);
    switch (room.outcome) {
      case DONE -> {
        assertThat(fault.corrupts()).as("%s: %s", what, fault).isFalse();
        assertThat(wasStored).as(what).isTrue();
        assertThat(Blocks.bytes(room)).as(what).isEqualTo(Blocks.bytes(stored));
      }
      case MISS -> {
        assertThat(fault.corrupts() || !wasStored).as("%s: %s", what, fault).isTrue();
        assertThat(tier.counters().misses()).as(what).isEqualTo(missesBefore + 1);
        expected.remove(stored.slot);
      }
      case FAILED -> assertThat(fault).as(what).isIn(Fault.FAILING, Fault.LOST);
      case CANCELLED -> throw new AssertionError(what);
    }
    return fault.corrupts() ? 1 : 0;
  }
}

package io.kvasir.offload.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.offload.index.IndexEntry;
import io.kvasir.offload.store.file.FileStore;
import io.kvasir.offload.store.file.FileStoreConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file and its index give back to the next process. */
class FileRestartTest {
  private static final int SLOTS = 24;

  @TempDir Path directory;

  private final MapBlockIndex index = new MapBlockIndex(1000);
  private final AtomicLong clock = new AtomicLong(1);

  private TieredBlockStore open(int codec, BlockGeometry geometry, String model)
      throws IOException {
    FileStoreConfig config =
        new FileStoreConfig(
            "ssd",
            directory.resolve("blocks"),
            (1 << 20) + (long) SLOTS * Blocks.RECORD_BYTES,
            SLOTS,
            Blocks.RECORD_BYTES,
            geometry,
            model,
            Long.MAX_VALUE);
    FileStore store = FileStore.open(config, index::forEach, clock::get);
    return new TieredBlockStore(
        store, Blocks.codecs(codec), geometry, model, 1, 1, index, clock::incrementAndGet);
  }

  private TieredBlockStore open() throws IOException {
    return open(0, Blocks.GEOMETRY, Blocks.MODEL);
  }

  private static List<StoredBlock> inventory(TieredBlockStore tier) {
    List<StoredBlock> found = new ArrayList<>();
    tier.inventory(0, found::add);
    return found;
  }

  @Test
  void everythingStoredIsThereAgainOverManyLives() throws IOException {
    for (long seed = 1; seed <= 10; seed++) {
      Random random = new Random(seed);
      Map<Integer, BlockTransfer> expected = new HashMap<>();
      try (TieredBlockStore tier = open()) {
        inventory(tier).forEach(b -> expected.put(b.slot(), known(b)));
      }
      for (int life = 1; life <= 4; life++) {
        try (TieredBlockStore tier = open()) {
          assertThat(inventory(tier))
              .as("seed %d", seed)
              .extracting(StoredBlock::slot)
              .containsExactlyInAnyOrderElementsOf(expected.keySet());
          expected.values().forEach(block -> assertLoads(tier, block));
          for (int i = 0; i < 10; i++) {
            BlockTransfer block = Blocks.block(random.nextInt(SLOTS), random.nextLong(), life);
            tier.store(List.of(block));
            expected.put(block.slot, block);
          }
        }
      }
    }
  }

  private static BlockTransfer known(StoredBlock stored) {
    return Blocks.block(stored.slot(), stored.hashLo(), stored.generation());
  }

  private static void assertLoads(TieredBlockStore tier, BlockTransfer block) {
    BlockTransfer room = Blocks.room(block.slot, block.hashLo, block.generation);
    tier.load(List.of(room));
    assertThat(room.outcome).as(room.failure).isEqualTo(CopyOutcome.DONE);
    assertThat(Blocks.bytes(room)).isEqualTo(Blocks.bytes(block));
  }

  @Test
  void useOrdersInventory() throws IOException {
    try (TieredBlockStore tier = open()) {
      tier.store(List.of(Blocks.block(0, 10, 1), Blocks.block(1, 11, 1), Blocks.block(2, 12, 1)));
      assertLoads(tier, Blocks.block(0, 10, 1));
    }
    try (TieredBlockStore tier = open()) {
      assertThat(inventory(tier)).extracting(StoredBlock::slot).containsExactly(1, 2, 0);
    }
  }

  @Test
  void otherModelShapeOrCodecFindsNothingAndClearsIndex() throws IOException {
    BlockGeometry other = new BlockGeometry(2, 2, 16, 4, 8);
    for (int what = 0; what < 3; what++) {
      try (TieredBlockStore tier = open()) {
        tier.store(List.of(Blocks.block(0, 10, 1), Blocks.block(5, 11, 1)));
      }
      assertThat(index.size()).isEqualTo(2);
      try (TieredBlockStore tier =
          switch (what) {
            case 0 -> open(0, Blocks.GEOMETRY, "model b");
            case 1 -> open(0, other, Blocks.MODEL);
            default -> open(1, Blocks.GEOMETRY, Blocks.MODEL);
          }) {
        assertThat(inventory(tier)).isEmpty();
        assertThat(index.size()).isZero();
        assertThat(tier.counters().droppedAtOpen()).isEqualTo(2);
      }
    }
  }

  @Test
  void everyKindOfDamageToTheFileIsMissAndForgotten() throws IOException {
    for (long seed = 1; seed <= 40; seed++) {
      Random random = new Random(seed);
      try (TieredBlockStore tier = open()) {
        for (int slot = 0; slot < SLOTS; slot++) {
          tier.store(List.of(Blocks.block(slot, seed * SLOTS + slot, (int) seed)));
        }
      }
      int slot = random.nextInt(SLOTS);
      damage(random, offset(slot), offset((slot + 1) % SLOTS), seed);
      try (TieredBlockStore tier = open()) {
        for (int other = 0; other < SLOTS; other++) {
          if (other != slot) {
            assertLoads(tier, Blocks.block(other, seed * SLOTS + other, (int) seed));
          }
        }
        BlockTransfer room = Blocks.room(slot, seed * SLOTS + slot, (int) seed);
        tier.load(List.of(room));
        assertThat(room.outcome).as("seed %d", seed).isEqualTo(CopyOutcome.MISS);
        assertThat(index.size()).as("seed %d", seed).isEqualTo(SLOTS - 1);
      }
    }
  }

  private long offset(int slot) {
    List<Long> found = new ArrayList<>();
    index.forEach(entry -> {
      if (entry.slot() == slot) {
        found.add(entry.extentOffset());
      }
    });
    return found.getFirst();
  }

  /** One bit flips, the record is zero, or its neighbour's bytes are in its place. */
  private void damage(Random random, long at, long otherAt, long seed) throws IOException {
    int length = 128 + (int) Blocks.GEOMETRY.blockBytes();
    ByteBuffer bytes = ByteBuffer.allocate(length);
    try (FileChannel file =
        FileChannel.open(
            directory.resolve("blocks"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      switch ((int) (seed % 3)) {
        case 0 -> {
          file.read(bytes, at);
          int i = random.nextInt(length);
          bytes.put(i, (byte) (bytes.get(i) ^ 1 << random.nextInt(Byte.SIZE)));
        }
        case 1 -> bytes.position(length);
        default -> file.read(bytes, otherAt);
      }
      file.write(bytes.flip(), at);
    }
  }

  @Test
  void twoEntriesOfOneSlotAreSettledForTheYounger() throws IOException {
    try (TieredBlockStore tier = open()) {
      tier.store(List.of(Blocks.block(0, 10, 1)));
      index.forEach(e ->
          index.put(
              new IndexEntry(
                  1,
                  2,
                  0,
                  e.extentOffset(),
                  e.extentBytes(),
                  e.length(),
                  0,
                  0,
                  e.fingerprint(),
                  0,
                  1,
                  1,
                  0)));
    }
    try (TieredBlockStore tier = open()) {
      assertThat(index.size()).isEqualTo(1);
      assertLoads(tier, Blocks.block(0, 10, 1));
    }
  }
}

package io.kvasir.offload.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.CopyOutcome;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link TierStore} does. A subclass says how to open one. */
public abstract class TierStoreContractTest {
  public static final int SLOTS = 24;
  public static final int RECORD_BYTES = 3 * 4096;

  private final Arena arena = Arena.ofShared();
  private TierStore store = new MapTierStore(1, RECORD_BYTES);

  /** Opens an empty store of {@link #SLOTS} slots of up to {@link #RECORD_BYTES}. */
  protected abstract TierStore open() throws IOException;

  /** Whether {@link TierStore#discard} forgets; not so where others may want the record. */
  protected boolean forgetsOnDiscard() {
    return true;
  }

  @BeforeEach
  final void openStore() throws IOException {
    store = open();
  }

  @AfterEach
  final void closeStore() {
    store.close();
    arena.close();
  }

  @Test
  void saysHowLargeItIs() {
    assertThat(store.slotCount()).isEqualTo(SLOTS);
    assertThat(store.maxRecordBytes()).isEqualTo(RECORD_BYTES);
    assertThat(store.name()).isNotBlank();
  }

  @Test
  void slotThatWasNeverWrittenIsMiss() {
    RecordTransfer read = read(3, 1);
    assertThat(read.outcome()).isEqualTo(CopyOutcome.MISS);
    assertThat(read.failure()).isNotBlank();
  }

  @Test
  void givesBackRecordsOfEveryLength() {
    int[] lengths = {1, 127, 128, 4095, 4096, 4097, 8192, RECORD_BYTES - 1, RECORD_BYTES};
    for (int i = 0; i < lengths.length; i++) {
      write(List.of(aimed(i, 1, lengths[i])));
    }
    for (int i = 0; i < lengths.length; i++) {
      assertHolds(i, 1, lengths[i]);
    }
  }

  @Test
  void everySlotHoldsLargestRecord() {
    write(IntStream.range(0, SLOTS).mapToObj(slot -> aimed(slot, 1, RECORD_BYTES)).toList());
    for (int slot = 0; slot < SLOTS; slot++) {
      assertHolds(slot, 1, RECORD_BYTES);
    }
  }

  @Test
  void overwritingReplacesRecordAlsoByShorterAndLongerOnes() {
    int[] lengths = {5000, 100, RECORD_BYTES, 4096};
    for (int version = 0; version < lengths.length; version++) {
      write(List.of(aimed(7, version, lengths[version])));
      assertHolds(7, version, lengths[version]);
    }
  }

  @Test
  void discardForgetsOneSlot() {
    write(List.of(aimed(4, 1, 4096), aimed(5, 1, 4096), aimed(6, 1, 4096)));
    store.discard(5);
    store.discard(5);
    store.discard(9);
    assertThat(read(5, 1).outcome())
        .isEqualTo(forgetsOnDiscard() ? CopyOutcome.MISS : CopyOutcome.DONE);
    assertHolds(4, 1, 4096);
    assertHolds(6, 1, 4096);
    write(List.of(aimed(5, 2, 300)));
    assertHolds(5, 2, 300);
  }

  @Test
  void batchMixesHitsAndMisses() {
    write(List.of(aimed(0, 1, 600), aimed(2, 1, 5000)));
    List<RecordTransfer> reads = List.of(room(0, 1), room(1, 1), room(2, 1), room(3, 1));
    store.read(reads);
    assertThat(reads)
        .extracting(RecordTransfer::outcome)
        .containsExactly(CopyOutcome.DONE, CopyOutcome.MISS, CopyOutcome.DONE, CopyOutcome.MISS);
    assertThat(reads.get(2).length()).isEqualTo(5000);
  }

  @Test
  void emptyBatchIsNothing() {
    store.write(List.of());
    store.read(List.of());
  }

  @Test
  void batchesInAnyOrderDoWhatMapDoes() {
    for (long seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      int[] versions = new int[SLOTS];
      int[] lengths = new int[SLOTS];
      for (int slot = 0; slot < SLOTS; slot++) {
        store.discard(slot);
      }
      for (int step = 1; step <= 30; step++) {
        List<RecordTransfer> batch = new ArrayList<>();
        for (int slot : someSlots(random)) {
          lengths[slot] = 1 + random.nextInt(RECORD_BYTES);
          versions[slot] = step;
          batch.add(aimed(slot, step, lengths[slot]));
        }
        write(batch);
        int gone = random.nextInt(SLOTS);
        store.discard(gone);
        lengths[gone] = forgetsOnDiscard() ? 0 : lengths[gone];
        List<RecordTransfer> reads = new ArrayList<>();
        for (int slot : someSlots(random)) {
          reads.add(room(slot, versions[slot]));
        }
        store.read(reads);
        for (RecordTransfer read : reads) {
          assertIs(read, versions[read.slot()], lengths[read.slot()], "seed " + seed);
        }
      }
    }
  }

  @Test
  void threadsUseDifferentSlotsAtOnce() throws InterruptedException, ExecutionException {
    int threads = 4;
    int each = SLOTS / threads;
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int first = thread * each;
        all.add(executor.submit(() -> hammer(first, first + each)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
  }

  private void hammer(int from, int to) {
    Random random = new Random(from);
    for (int version = 1; version <= 50; version++) {
      int now = version;
      int length = 1 + random.nextInt(RECORD_BYTES);
      write(IntStream.range(from, to).mapToObj(slot -> aimed(slot, now, length)).toList());
      for (int slot = from; slot < to; slot++) {
        assertHolds(slot, version, length);
      }
    }
  }

  /** Neighbours as well as scattered ones, each once. */
  private static List<Integer> someSlots(Random random) {
    List<Integer> slots = new ArrayList<>(IntStream.range(0, SLOTS).boxed().toList());
    if (random.nextBoolean()) {
      Collections.shuffle(slots, random);
    }
    int from = random.nextInt(SLOTS);
    return slots.subList(from, from + 1 + random.nextInt(SLOTS - from));
  }

  private void write(List<RecordTransfer> batch) {
    store.write(batch);
    for (RecordTransfer transfer : batch) {
      assertThat(transfer.outcome()).as(transfer.failure()).isEqualTo(CopyOutcome.DONE);
    }
  }

  private RecordTransfer read(int slot, int version) {
    RecordTransfer transfer = room(slot, version);
    store.read(List.of(transfer));
    return transfer;
  }

  private void assertHolds(int slot, int version, int length) {
    assertIs(read(slot, version), version, length, "slot " + slot);
  }

  private static void assertIs(RecordTransfer read, int version, int length, String what) {
    if (length == 0) {
      assertThat(read.outcome()).as(what).isEqualTo(CopyOutcome.MISS);
      return;
    }
    assertThat(read.outcome()).as("%s: %s", what, read.failure()).isEqualTo(CopyOutcome.DONE);
    assertThat(read.length()).as(what).isEqualTo(length);
    byte[] bytes = read.bytes().asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    assertThat(bytes).as(what).isEqualTo(content(read.slot(), version, length));
  }

  private RecordTransfer aimed(int slot, int version, int length) {
    RecordTransfer transfer = room(slot, version);
    MemorySegment bytes = transfer.bytes().fill((byte) 0x5A);
    byte[] content = content(slot, version, length);
    MemorySegment.copy(content, 0, bytes, ValueLayout.JAVA_BYTE, 0, length);
    transfer.aim(slot, slot, version, bytes, length);
    return transfer;
  }

  private RecordTransfer room(int slot, int version) {
    RecordTransfer transfer = new RecordTransfer();
    transfer.aim(slot, slot, version, arena.allocate(RECORD_BYTES, 4096), 0);
    return transfer;
  }

  private static byte[] content(int slot, int version, int length) {
    byte[] bytes = new byte[length];
    new Random(31L * slot + 1_000_003L * version).nextBytes(bytes);
    return bytes;
  }
}

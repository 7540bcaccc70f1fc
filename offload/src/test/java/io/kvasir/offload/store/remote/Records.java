package io.kvasir.offload.store.remote;

import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.offload.store.RecordTransfer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Records for tests: what one contains follows from its number. */
final class Records {
  static final int ROOM = 64 << 10;
  static final int SLOTS = 1_000;

  private Records() {}

  static RemoteConfig config(String uri) {
    return new RemoteConfig(uri, 0xfeed, SLOTS, ROOM, Duration.ofSeconds(10), Duration.ZERO);
  }

  static RemoteConfig impatient(String uri) {
    return new RemoteConfig(uri, 0xfeed, SLOTS, ROOM, Duration.ofMillis(300), Duration.ZERO);
  }

  static RecordTransfer write(Arena arena, int number) {
    MemorySegment bytes = arena.allocate(ROOM, 4096);
    long length = length(number);
    fill(bytes, number);
    RecordTransfer transfer = new RecordTransfer();
    transfer.aim(number % SLOTS, number, ~number, bytes, length);
    return transfer;
  }

  static RecordTransfer read(Arena arena, int number) {
    RecordTransfer transfer = new RecordTransfer();
    transfer.aim(number % SLOTS, number, ~number, arena.allocate(ROOM, 4096), 0);
    return transfer;
  }

  static List<RecordTransfer> writes(Arena arena, int first, int count) {
    List<RecordTransfer> transfers = new ArrayList<>();
    for (int number = first; number < first + count; number++) {
      transfers.add(write(arena, number));
    }
    return transfers;
  }

  static List<RecordTransfer> reads(Arena arena, int first, int count) {
    List<RecordTransfer> transfers = new ArrayList<>();
    for (int number = first; number < first + count; number++) {
      transfers.add(read(arena, number));
    }
    return transfers;
  }

  /** Whether it is DONE and its bytes are those of the record with its number. */
  static boolean right(RecordTransfer transfer) {
    int number = (int) transfer.hashHi();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment expected = arena.allocate(ROOM);
      fill(expected, number);
      return transfer.outcome() == CopyOutcome.DONE
          && transfer.length() == length(number)
          && transfer
                  .bytes()
                  .asSlice(0, transfer.length())
                  .mismatch(expected.asSlice(0, transfer.length()))
              == -1;
    }
  }

  static List<CopyOutcome> outcomes(List<RecordTransfer> transfers) {
    return transfers.stream().map(RecordTransfer::outcome).distinct().toList();
  }

  private static long length(int number) {
    return 1L + new SplittableRandom(number).nextInt(ROOM);
  }

  private static void fill(MemorySegment bytes, int number) {
    SplittableRandom random = new SplittableRandom(number);
    for (long i = 0; i < bytes.byteSize(); i += Long.BYTES) {
      bytes.set(ValueLayout.JAVA_LONG_UNALIGNED, i, random.nextLong());
    }
  }
}

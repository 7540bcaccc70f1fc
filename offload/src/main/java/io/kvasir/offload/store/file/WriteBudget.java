package io.kvasir.offload.store.file;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Bounds the bytes written in 24 hours. Bytes are counted by the hour; what was written in this
 * hour and the 24 before it is within the limit, so what was written in any 24 hours is. Confined
 * to its owner's lock.
 *
 * <p>It survives a restart in a block of its own, written before bytes are: with some bytes in
 * advance, so that it need not be written each time. After a kill those count as written.
 *
 * <pre>
 * block   0 magic "KVASIRWB" 8 | hour 8 | 25 counts of 8, of this hour first | zero | checksum 4
 * </pre>
 */
final class WriteBudget {
  /** "KVASIRWB" in the file. */
  static final long MAGIC = 0x4257_5249_5341_564BL;

  private static final int HOURS = 25;
  private static final long HOUR_MILLIS = 3_600_000;
  private static final int ADVANCES = 100;
  private static final ValueLayout.OfLong LONG = JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final long limitBytes;
  private final long advanceBytes;

  /** Bytes by hour, of the present one first. */
  private final long[] counts = new long[HOURS];

  private long hour = Long.MIN_VALUE;
  private long savedHour = Long.MIN_VALUE;
  private long savedCount;

  /**
   * A budget of which nothing is spent.
   *
   * @param limitBytes at least 1; {@link Long#MAX_VALUE} for no limit
   */
  WriteBudget(long limitBytes) {
    this.limitBytes = limitBytes;
    advanceBytes = limited() ? limitBytes / ADVANCES : 0;
  }

  boolean limited() {
    return limitBytes != Long.MAX_VALUE;
  }

  long limitBytes() {
    return limitBytes;
  }

  /** Takes bytes out of the budget; false, and nothing is taken, if there are not so many. */
  boolean take(long bytes, long nowMillis) {
    if (bytes > limitBytes - spent(nowMillis)) {
      return false;
    }
    counts[0] += bytes;
    return true;
  }

  /** Bytes taken in this hour and the 24 before it. */
  long spent(long nowMillis) {
    advance(nowMillis / HOUR_MILLIS);
    return Arrays.stream(counts).sum();
  }

  /** Whether bytes were taken that the saved block does not cover. */
  boolean mustSave() {
    return limited() && (hour != savedHour || counts[0] > savedCount);
  }

  /** Writes the block that covers what was taken and some more. */
  void save(MemorySegment block) {
    savedCount = counts[0] + advanceBytes;
    savedHour = hour;
    encode(block, savedCount);
  }

  /** Writes the block that covers just what was taken: nothing more will be. */
  void saveExactly(MemorySegment block) {
    encode(block, counts[0]);
  }

  private void encode(MemorySegment block, long thisHour) {
    block.fill((byte) 0);
    block.set(LONG, 0, MAGIC);
    block.set(LONG, 8, hour);
    for (int i = 0; i < HOURS; i++) {
      block.set(LONG, 16 + 8L * i, i == 0 ? thisHour : counts[i]);
    }
    Checksums.seal(block);
  }

  /** Goes on where a block stopped; false, and nothing changes, if it is none or damaged. */
  boolean restore(MemorySegment block) {
    if (block.get(LONG, 0) != MAGIC || !Checksums.holds(block)) {
      return false;
    }
    hour = block.get(LONG, 8);
    for (int i = 0; i < HOURS; i++) {
      counts[i] = block.get(LONG, 16 + 8L * i);
    }
    return true;
  }

  /** A clock that goes back stays in the hour it was in. */
  private void advance(long now) {
    if (hour == Long.MIN_VALUE) {
      hour = now;
    }
    long passed = Math.min(now - hour, HOURS);
    if (passed > 0) {
      System.arraycopy(counts, 0, counts, (int) passed, HOURS - (int) passed);
      Arrays.fill(counts, 0, (int) passed, 0);
      hour = now;
    }
  }
}

package io.kvasir.offload.codec;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Reads what {@link RangeEncoder} wrote. Whatever the bytes are, it ends, reads nothing but them,
 * and throws IllegalArgumentException where they are no stream of the rows asked for. Confined to
 * one thread.
 */
final class RangeDecoder {
  private static final long WORD_MASK = 0xffff_ffffL;
  private static final int SLOT_MASK = CodecTables.TOTAL - 1;

  private final int columns;
  private final int[] slots;
  private final int[] largest;
  private final int[] words;
  private int next;
  private int end;
  private long state0;
  private long state1;
  private long state2;
  private long state3;

  RangeDecoder(CodecTables tables, int columns, int rowsMax) {
    this.columns = columns;
    slots = tables.slots();
    largest = tables.largest();
    // A row asks for no more words than it has columns: so many may be read past the end.
    words = new int[Math.multiplyExact(columns, rowsMax) / 2 + 2 * RangeEncoder.STATES + columns];
  }

  /** Begins with the stream of {@code bytes} bytes at {@code at}. */
  void start(MemorySegment in, long at, long bytes) {
    end = (int) Math.min(bytes / Integer.BYTES, Integer.MAX_VALUE);
    if (bytes % Integer.BYTES != 0
        || bytes < RangeEncoder.STATE_BYTES
        || end > words.length - columns) {
      throw corrupt("a stream of " + bytes + " bytes");
    }
    MemorySegment.copy(in, RangeEncoder.WORD, at, words, 0, end);
    Arrays.fill(words, end, Math.min(end + columns, words.length), 0);
    state0 = state(0);
    state1 = state(1);
    state2 = state(2);
    state3 = state(3);
    next = 2 * RangeEncoder.STATES;
  }

  private long state(int index) {
    long state = (words[2 * index] & WORD_MASK) | (long) words[2 * index + 1] << 32;
    if (state < RangeEncoder.LEAST_STATE) {
      throw corrupt("a state out of range");
    }
    return state;
  }

  /**
   * Decodes a row: the quotient of each column, given its class, or {@link DeltaRows#ESCAPE}.
   *
   * @return how many columns are escapes
   */
  int row(int[] classes, int[] quotients) {
    long s0 = state0;
    long s1 = state1;
    long s2 = state2;
    long s3 = state3;
    int at = next;
    int c = 0;
    for (; c <= columns - RangeEncoder.STATES; c += RangeEncoder.STATES) {
      int e0 = slots[classes[c] << CodecTables.PRECISION | ((int) s0 & SLOT_MASK)];
      int e1 = slots[classes[c + 1] << CodecTables.PRECISION | ((int) s1 & SLOT_MASK)];
      int e2 = slots[classes[c + 2] << CodecTables.PRECISION | ((int) s2 & SLOT_MASK)];
      int e3 = slots[classes[c + 3] << CodecTables.PRECISION | ((int) s3 & SLOT_MASK)];
      quotients[c] = e0 & 0xff;
      quotients[c + 1] = e1 & 0xff;
      quotients[c + 2] = e2 & 0xff;
      quotients[c + 3] = e3 & 0xff;
      s0 = advance(s0, e0);
      s1 = advance(s1, e1);
      s2 = advance(s2, e2);
      s3 = advance(s3, e3);
      if (s0 < RangeEncoder.LEAST_STATE) {
        s0 = s0 << 32 | (words[at++] & WORD_MASK);
      }
      if (s1 < RangeEncoder.LEAST_STATE) {
        s1 = s1 << 32 | (words[at++] & WORD_MASK);
      }
      if (s2 < RangeEncoder.LEAST_STATE) {
        s2 = s2 << 32 | (words[at++] & WORD_MASK);
      }
      if (s3 < RangeEncoder.LEAST_STATE) {
        s3 = s3 << 32 | (words[at++] & WORD_MASK);
      }
    }
    for (int i = 0; c + i < columns; i++) {
      long state = i == 0 ? s0 : i == 1 ? s1 : s2;
      int entry = slots[classes[c + i] << CodecTables.PRECISION | ((int) state & SLOT_MASK)];
      quotients[c + i] = entry & 0xff;
      state = advance(state, entry);
      if (state < RangeEncoder.LEAST_STATE) {
        state = state << 32 | (words[at++] & WORD_MASK);
      }
      switch (i) {
        case 0 -> s0 = state;
        case 1 -> s1 = state;
        default -> s2 = state;
      }
    }
    if (at > end) {
      throw corrupt("truncated");
    }
    next = at;
    state0 = s0;
    state1 = s1;
    state2 = s2;
    state3 = s3;
    return center(classes, quotients);
  }

  /** Turns symbols into quotients; counts the escapes. */
  private int center(int[] classes, int[] quotients) {
    int escapes = 0;
    for (int c = 0; c < columns; c++) {
      int most = largest[classes[c]];
      int quotient = quotients[c] - most;
      boolean escape = quotient > most;
      quotients[c] = escape ? DeltaRows.ESCAPE : quotient;
      escapes += escape ? 1 : 0;
    }
    return escapes;
  }

  /** Proves that all was read and every state is where the encoder began. */
  void finish() {
    long least = RangeEncoder.LEAST_STATE;
    if (next != end || state0 != least || state1 != least || state2 != least || state3 != least) {
      throw corrupt("it does not end where it should");
    }
  }

  private static long advance(long state, int entry) {
    return (long) (entry >>> 20) * (state >>> CodecTables.PRECISION) + ((entry >>> 8) & SLOT_MASK);
  }

  private static IllegalArgumentException corrupt(String what) {
    return new IllegalArgumentException("not a block of codec cachegen: " + what);
  }
}

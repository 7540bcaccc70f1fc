package io.kvasir.offload.codec;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Range coding with asymmetric numeral systems (rANS: Duda, arXiv 1311.2540), which costs what an
 * arithmetic coder does and decodes without a division. Four states take turns over the columns of
 * a row, so that the processor works on four symbols at once.
 *
 * <pre>
 * stream | state 0 | state 1 | state 2 | state 3 | words as the decoder asks for them |
 *          8 bytes each, little-endian             4 bytes each
 * </pre>
 *
 * <p>A state lies in [2^31, 2^63) between symbols and is 2^31 before the first is encoded, which is
 * the decoder's proof that it came out right. Symbols are encoded last to first, so they are
 * collected before. Confined to one thread.
 */
final class RangeEncoder {
  /** Least state between symbols. */
  static final long LEAST_STATE = 1L << 31;

  /** States, and columns that are coded at once. */
  static final int STATES = 4;

  /** Bytes of a stream without symbols. */
  static final int STATE_BYTES = STATES * Long.BYTES;

  /** A word of the stream. */
  static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int MASK = CodecTables.TOTAL - 1;

  private final int columns;
  private final int[] symbols;
  private final int[] words;
  private int count;
  private int first;

  RangeEncoder(int columns, int rowsMax) {
    this.columns = columns;
    symbols = new int[Math.multiplyExact(columns, rowsMax)];
    // A symbol costs 12 bits at most.
    words = new int[symbols.length / 2 + 2 * STATES + 1];
  }

  /** Forgets all symbols. */
  void clear() {
    count = 0;
  }

  /** Adds a symbol to the current row, as {@link CodecTables#symbols} describes it. */
  void add(int symbol) {
    symbols[count++] = symbol;
  }

  /** Encodes the symbols, whole rows. Returns the bytes of the stream. */
  int finish() {
    first = words.length;
    long s0 = LEAST_STATE;
    long s1 = LEAST_STATE;
    long s2 = LEAST_STATE;
    long s3 = LEAST_STATE;
    int whole = columns - columns % STATES;
    for (int row = count - columns; row >= 0; row -= columns) {
      for (int c = columns - 1; c >= whole; c--) {
        switch (c - whole) {
          case 2 -> s2 = put(s2, symbols[row + c]);
          case 1 -> s1 = put(s1, symbols[row + c]);
          default -> s0 = put(s0, symbols[row + c]);
        }
      }
      for (int c = row + whole - STATES; c >= row; c -= STATES) {
        s3 = put(s3, symbols[c + 3]);
        s2 = put(s2, symbols[c + 2]);
        s1 = put(s1, symbols[c + 1]);
        s0 = put(s0, symbols[c]);
      }
    }
    flush(s3);
    flush(s2);
    flush(s1);
    flush(s0);
    return (words.length - first) * Integer.BYTES;
  }

  /** Writes the stream that {@link #finish} made. */
  void write(MemorySegment out, long at) {
    MemorySegment.copy(words, first, out, WORD, at, words.length - first);
  }

  private long put(long state, int symbol) {
    int frequency = symbol >>> CodecTables.PRECISION;
    long x = state;
    if (x >= (long) frequency << (63 - CodecTables.PRECISION)) {
      words[--first] = (int) x;
      x >>>= 32;
    }
    long quotient = x / frequency;
    return (quotient << CodecTables.PRECISION) + (x - quotient * frequency) + (symbol & MASK);
  }

  private void flush(long state) {
    words[--first] = (int) (state >>> 32);
    words[--first] = (int) state;
  }
}

package io.kvasir.offload.codec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The probabilities that the CacheGen-style codec shares between all blocks: one distribution of
 * quantised deltas for each class of channels, classes being half octaves of the mean magnitude.
 * Immutable; any thread.
 *
 * <pre>
 * file    | "KVCT" | version 1, int | CLASSES × class | CRC-32C of all before, int |
 * class   | largest, short | frequency of -largest, ..., 0, ..., largest, escape: shorts |
 *           little-endian
 * </pre>
 *
 * <p>Frequencies of a class are at least 1 and sum to 4096. What is encoded with one set of tables
 * is decoded with the same only: blocks carry {@link #checksum}.
 *
 * <p>{@link #defaults} are computed (logistic distributions) and suit every model; {@link
 * CodecProfiler} makes tables from a model's own KV.
 */
public final class CodecTables {
  /** Classes of channels. */
  static final int CLASSES = 26;

  /** Frequencies of a class sum to 2 to this power. */
  static final int PRECISION = 12;

  /** Sum of a class's frequencies. */
  static final int TOTAL = 1 << PRECISION;

  /** Place of a class in {@link #symbols}. */
  static final int STRIDE = 256;

  private static final int LARGEST_LIMIT = 127;
  private static final int MAGIC = 'K' | 'V' << 8 | 'C' << 16 | 'T' << 24;
  private static final int VERSION = 1;
  private static final int FILE_LIMIT = 1 << 16;
  // Half octaves of a float are its bits above these; class 0 begins at 2^-5.
  private static final int HALF_OCTAVE_SHIFT = 22;
  private static final int FIRST_HALF_OCTAVE = (127 - 5) << 1;

  private final int[] largest;
  private final int[] symbols;
  private final int[] slots;
  private final byte[] bytes;
  private final int checksum;

  private CodecTables(int[][] frequencies) {
    largest = new int[CLASSES];
    symbols = new int[CLASSES * STRIDE];
    slots = new int[CLASSES * TOTAL];
    for (int k = 0; k < CLASSES; k++) {
      largest[k] = largestOf(frequencies[k].length);
      int start = 0;
      for (int symbol = 0; symbol < frequencies[k].length; symbol++) {
        int frequency = frequencies[k][symbol];
        symbols[k * STRIDE + symbol] = frequency << PRECISION | start;
        for (int i = 0; i < frequency; i++) {
          slots[k * TOTAL + start + i] = frequency << 20 | i << 8 | symbol;
        }
        start += frequency;
      }
    }
    bytes = toBytes(frequencies);
    checksum = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(bytes.length - 4);
  }

  /** The tables that suit every model; the same on every machine. */
  public static CodecTables defaults() {
    return Defaults.TABLES;
  }

  /**
   * Makes tables of counts, smoothed by the defaults.
   *
   * @param counts for each class, how often each magnitude was seen; the last element counts all
   *     beyond the class's {@link #largest}
   */
  static CodecTables of(long[][] counts) {
    int[][] frequencies = new int[CLASSES][];
    for (int k = 0; k < CLASSES; k++) {
      frequencies[k] = TableMaker.frequencies(counts[k], TableMaker.logistic(k));
    }
    return new CodecTables(frequencies);
  }

  /**
   * Reads tables from a file.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it holds no tables; the message names the file
   */
  public static CodecTables read(Path file) throws IOException {
    if (Files.size(file) > FILE_LIMIT) {
      throw new IllegalArgumentException(file + ": not codec tables: too large");
    }
    try {
      return parse(Files.readAllBytes(file));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  /** Writes the tables to a file, replacing it. */
  public void write(Path file) throws IOException {
    Files.write(file, bytes);
  }

  /** Names these tables: the checksum of their file. */
  public int checksum() {
    return checksum;
  }

  /** For each class, the largest magnitude that has a symbol; beyond it there is the escape. */
  int[] largest() {
    return largest;
  }

  /** For each class and symbol: frequency (upper bits) and start (lower {@link #PRECISION}). */
  int[] symbols() {
    return symbols;
  }

  /** For each class and slot: frequency (12 bits), slot - start (12 bits), symbol (8 bits). */
  int[] slots() {
    return slots;
  }

  /** The class of a mean magnitude. */
  static int classOf(float mean) {
    int k = (Float.floatToRawIntBits(mean) >> HALF_OCTAVE_SHIFT) - FIRST_HALF_OCTAVE;
    return Math.min(Math.max(k, 0), CLASSES - 1);
  }

  /** The mean magnitude that a class stands for. */
  static double meanOf(int k) {
    int bits = (k + FIRST_HALF_OCTAVE) << HALF_OCTAVE_SHIFT | 1 << (HALF_OCTAVE_SHIFT - 1);
    return Float.intBitsToFloat(bits);
  }

  /** Largest magnitude with a symbol in a class: rarer ones cost less as escapes. */
  static int largestOfClass(int k) {
    return Math.min(LARGEST_LIMIT, (int) Math.ceil(9 * meanOf(k)) + 2);
  }

  private static int largestOf(int symbolCount) {
    return (symbolCount - 2) / 2;
  }

  private static byte[] toBytes(int[][] frequencies) {
    ByteBuffer file = ByteBuffer.allocate(FILE_LIMIT).order(ByteOrder.LITTLE_ENDIAN);
    file.putInt(MAGIC).putInt(VERSION);
    for (int[] ofClass : frequencies) {
      file.putShort((short) largestOf(ofClass.length));
      for (int frequency : ofClass) {
        file.putShort((short) frequency);
      }
    }
    file.putInt(crc(file.array(), file.position()));
    byte[] bytes = new byte[file.position()];
    file.flip().get(bytes);
    return bytes;
  }

  /** The tables of a file's bytes, or IllegalArgumentException. */
  static CodecTables parse(byte[] bytes) {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    require(bytes.length > 12 && file.getInt() == MAGIC, "they do not begin with KVCT");
    int version = file.getInt();
    require(version == VERSION, "version " + version + ", expected " + VERSION);
    int end = bytes.length - Integer.BYTES;
    require(file.getInt(end) == crc(bytes, end), "checksum does not fit");
    int[][] frequencies = new int[CLASSES][];
    for (int k = 0; k < CLASSES; k++) {
      int count = 2 * largestOfClass(k) + 2;
      require(file.remaining() >= Short.BYTES * (count + 1) + Integer.BYTES, "truncated");
      require(file.getShort() == largestOfClass(k), "class " + k + " has another size");
      frequencies[k] = new int[count];
      int sum = 0;
      for (int symbol = 0; symbol < count; symbol++) {
        int frequency = file.getShort();
        require(frequency > 0, "class " + k + " has a frequency of " + frequency);
        frequencies[k][symbol] = frequency;
        sum += frequency;
      }
      require(sum == TOTAL, "frequencies of class " + k + " sum to " + sum);
    }
    require(file.remaining() == Integer.BYTES, "bytes left over");
    return new CodecTables(frequencies);
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException("not codec tables: " + otherwise);
    }
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /** Made when first asked for. */
  private static final class Defaults {
    static final CodecTables TABLES = of(new long[CLASSES][STRIDE]);
  }
}

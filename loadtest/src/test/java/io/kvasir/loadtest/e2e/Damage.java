package io.kvasir.loadtest.e2e;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What may become of records while nobody looks. */
enum Damage {
  /** They read as zero. */
  ZEROED,
  /** Only their beginning is there. */
  TRUNCATED,
  /** Two have changed places. */
  SWAPPED,
  /** What was there before they were written is there again. */
  STALE,
  /** One bit is wrong. */
  BIT_FLIPPED;

  /** Where a record of the hash oracle is cut: in its payload of 256 bytes behind 128 of header. */
  private static final int CUT = 200;

  private static final int RECORD_BYTES = 384;

  /**
   * Damages records.
   *
   * @param records each in an array of its own; changed
   * @param before what was in the same places earlier, of which only STALE makes use
   * @param random chooses
   */
  void strike(List<byte[]> records, List<byte[]> before, Random random) {
    for (int i = 0; i < records.size(); i++) {
      byte[] record = records.get(i);
      switch (this) {
        case ZEROED -> Arrays.fill(record, (byte) 0);
        case TRUNCATED -> Arrays.fill(record, CUT, record.length, (byte) 0);
        case SWAPPED -> {
          if (i % 2 == 1) {
            byte[] other = records.get(i - 1).clone();
            System.arraycopy(record, 0, records.get(i - 1), 0, record.length);
            System.arraycopy(other, 0, record, 0, record.length);
          }
        }
        case STALE -> System.arraycopy(before.get(i), 0, record, 0, record.length);
        case BIT_FLIPPED ->
            record[random.nextInt(RECORD_BYTES)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
      }
    }
  }

  /** The records of a file, which all have the same size. */
  static List<byte[]> read(Path file, long from, int recordBytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      int count = Math.toIntExact((channel.size() - from) / recordBytes);
      byte[][] records = new byte[count][recordBytes];
      for (int i = 0; i < count; i++) {
        channel.read(ByteBuffer.wrap(records[i]), from + (long) i * recordBytes);
      }
      return List.of(records);
    }
  }

  /** Puts records where {@link #read} found them. */
  static void write(Path file, long from, List<byte[]> records) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int i = 0; i < records.size(); i++) {
        byte[] record = records.get(i);
        channel.write(ByteBuffer.wrap(record), from + (long) i * record.length);
      }
      channel.force(true);
    }
  }
}

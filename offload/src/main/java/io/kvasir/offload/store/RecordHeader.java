package io.kvasir.offload.store;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Where each field of a record lies: the only place that knows. Integers are little-endian.
 *
 * <pre>
 *    0 magic "KVASIRRB"   8 | version       4 | codec id      4
 *   16 layers             4 | kvHeads       4 | headDim       4 | elementBytes 4
 *   32 blockTokens        4 | tokens        4 | fingerprint   8
 *   48 hashHi             8 | hashLo        8
 *   64 generation         4 | saltTag       4 | payloadLength 4 | reserved, zero 48
 *  124 checksum           4    CRC-32C over bytes 0 to 123 and the payload
 *  128 payload: what the codec wrote
 * </pre>
 *
 * <p>Records start at multiples of 4096 bytes, so the payload starts on a cache line and on the
 * boundary of every vector register; with 128 bytes all fields are spelled out and a third of the
 * header is left for later versions.
 */
final class RecordHeader {
  /** Bytes of the header: where the payload starts. */
  static final int BYTES = 128;

  /** Bytes of the header that the checksum covers: all before itself. */
  static final int CHECKED_BYTES = 124;

  /** "KVASIRRB" in memory. */
  static final long MAGIC = 0x4252_5249_5341_564BL;

  static final int VERSION = 1;

  private static final ValueLayout.OfLong LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static final int MAGIC_AT = 0;
  static final int VERSION_AT = 8;
  static final int CODEC_AT = 12;
  static final int LAYERS_AT = 16;
  static final int KV_HEADS_AT = 20;
  static final int HEAD_DIM_AT = 24;
  static final int ELEMENT_BYTES_AT = 28;
  static final int BLOCK_TOKENS_AT = 32;
  static final int TOKENS_AT = 36;
  static final int FINGERPRINT_AT = 40;
  static final int HASH_HI_AT = 48;
  static final int HASH_LO_AT = 56;
  static final int GENERATION_AT = 64;
  static final int SALT_TAG_AT = 68;
  static final int PAYLOAD_LENGTH_AT = 72;
  static final int RESERVED_AT = 76;
  static final int CHECKSUM_AT = 124;

  private RecordHeader() {}

  static int getInt(MemorySegment record, int at) {
    return record.get(INT, at);
  }

  static long getLong(MemorySegment record, int at) {
    return record.get(LONG, at);
  }

  static void setInt(MemorySegment record, int at, int value) {
    record.set(INT, at, value);
  }

  static void setLong(MemorySegment record, int at, long value) {
    record.set(LONG, at, value);
  }
}

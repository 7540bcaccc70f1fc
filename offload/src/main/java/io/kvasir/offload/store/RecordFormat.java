package io.kvasir.offload.store;

import static io.kvasir.offload.store.RecordHeader.getInt;
import static io.kvasir.offload.store.RecordHeader.getLong;
import static io.kvasir.offload.store.RecordHeader.setInt;
import static io.kvasir.offload.store.RecordHeader.setLong;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvasir.kvpool.layout.BlockGeometry;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/**
 * Writes and checks the records of one model, shape and codec; {@link RecordHeader} draws their
 * bytes. A record proves itself: whoever reads it needs no other source to know which block of
 * which model it is and that it is whole. Thread-safe; each thread brings its own {@link CRC32C}.
 *
 * <p>The checksum is CRC-32C (Castagnoli; RFC 3720, appendix B.4), which the JVM computes with the
 * processor's instruction for it.
 */
public final class RecordFormat {
  /** Bytes before the payload. */
  public static final int HEADER_BYTES = RecordHeader.BYTES;

  /** Records and room for them are aligned to this many bytes, as direct I/O needs. */
  public static final int ALIGNMENT = 4096;

  private final BlockGeometry geometry;
  private final long fingerprint;
  private final int codec;
  private final boolean anyGeneration;

  /**
   * Binds the fields that all records of a store share.
   *
   * @param modelFingerprint of the weights
   * @param codec id of the codec
   * @param anyGeneration whether a record of another generation is good too: where records are
   *     found by their hash and several instances write them, each counts its own slots' lives
   */
  public RecordFormat(
      BlockGeometry geometry, String modelFingerprint, int codec, boolean anyGeneration) {
    this.anyGeneration = anyGeneration;
    this.geometry = geometry;
    this.codec = codec;
    fingerprint = fingerprint(modelFingerprint, geometry);
  }

  /**
   * 64 bits that tell models and block shapes apart: the first of SHA-256 over both. The shape is
   * in it so that an index entry, which has no room for a shape, cannot name a block of another.
   */
  public static long fingerprint(String modelFingerprint, BlockGeometry geometry) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(modelFingerprint.getBytes(UTF_8));
      ByteBuffer shape = ByteBuffer.allocate(5 * Integer.BYTES);
      shape.putInt(geometry.layers()).putInt(geometry.kvHeads()).putInt(geometry.headDim());
      shape.putInt(geometry.elementBytes()).putInt(geometry.blockTokens());
      return ByteBuffer.wrap(digest.digest(shape.array())).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Largest record with payloads of up to this many bytes: a multiple of {@link #ALIGNMENT}. */
  public static int maxRecordBytes(int maxPayloadBytes) {
    return Math.toIntExact(roundUp((long) HEADER_BYTES + maxPayloadBytes));
  }

  /** The next multiple of {@link #ALIGNMENT}. */
  public static long roundUp(long bytes) {
    return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /** 64 bits of the model's fingerprint and the blocks' shape. */
  public long fingerprint() {
    return fingerprint;
  }

  /** Id of the codec. */
  public int codec() {
    return codec;
  }

  /** Shape of the blocks. */
  public BlockGeometry geometry() {
    return geometry;
  }

  /**
   * Writes the header before a payload that is there already.
   *
   * @param record room; the payload starts at {@link #HEADER_BYTES}
   * @param block whose record it is
   * @return bytes of the record
   */
  public int seal(MemorySegment record, BlockTransfer block, int payloadLength, CRC32C crc) {
    setLong(record, RecordHeader.MAGIC_AT, RecordHeader.MAGIC);
    setInt(record, RecordHeader.VERSION_AT, RecordHeader.VERSION);
    setInt(record, RecordHeader.CODEC_AT, codec);
    setInt(record, RecordHeader.LAYERS_AT, geometry.layers());
    setInt(record, RecordHeader.KV_HEADS_AT, geometry.kvHeads());
    setInt(record, RecordHeader.HEAD_DIM_AT, geometry.headDim());
    setInt(record, RecordHeader.ELEMENT_BYTES_AT, geometry.elementBytes());
    setInt(record, RecordHeader.BLOCK_TOKENS_AT, geometry.blockTokens());
    setInt(record, RecordHeader.TOKENS_AT, block.tokens);
    setLong(record, RecordHeader.FINGERPRINT_AT, fingerprint);
    setLong(record, RecordHeader.HASH_HI_AT, block.hashHi);
    setLong(record, RecordHeader.HASH_LO_AT, block.hashLo);
    setInt(record, RecordHeader.GENERATION_AT, block.generation);
    setInt(record, RecordHeader.SALT_TAG_AT, block.saltTag);
    setInt(record, RecordHeader.PAYLOAD_LENGTH_AT, payloadLength);
    int reserved = RecordHeader.CHECKSUM_AT - RecordHeader.RESERVED_AT;
    record.asSlice(RecordHeader.RESERVED_AT, reserved).fill((byte) 0);
    setInt(record, RecordHeader.CHECKSUM_AT, checksum(record, payloadLength, crc));
    return HEADER_BYTES + payloadLength;
  }

  /**
   * Checks a record against what was asked for. The checksum comes before the fields it covers, so
   * that a flipped bit is called a flipped bit and not, say, an old generation.
   *
   * @param length bytes that were read
   * @param wanted the block that was asked for
   */
  public RecordVerdict verify(MemorySegment record, long length, BlockTransfer wanted, CRC32C crc) {
    if (length < HEADER_BYTES || length > record.byteSize()) {
      return RecordVerdict.LENGTH;
    }
    if (getLong(record, RecordHeader.MAGIC_AT) != RecordHeader.MAGIC) {
      return RecordVerdict.MAGIC;
    }
    if (getInt(record, RecordHeader.VERSION_AT) != RecordHeader.VERSION) {
      return RecordVerdict.VERSION;
    }
    int payloadLength = payloadLength(record);
    if (payloadLength < 0 || payloadLength > length - HEADER_BYTES) {
      return RecordVerdict.LENGTH;
    }
    if (checksum(record) != checksum(record, payloadLength, crc)) {
      return RecordVerdict.CHECKSUM;
    }
    return compare(record, wanted);
  }

  private RecordVerdict compare(MemorySegment record, BlockTransfer wanted) {
    if (getInt(record, RecordHeader.LAYERS_AT) != geometry.layers()
        || getInt(record, RecordHeader.KV_HEADS_AT) != geometry.kvHeads()
        || getInt(record, RecordHeader.HEAD_DIM_AT) != geometry.headDim()
        || getInt(record, RecordHeader.ELEMENT_BYTES_AT) != geometry.elementBytes()
        || getInt(record, RecordHeader.BLOCK_TOKENS_AT) != geometry.blockTokens()) {
      return RecordVerdict.GEOMETRY;
    }
    if (getInt(record, RecordHeader.CODEC_AT) != codec) {
      return RecordVerdict.CODEC;
    }
    if (getLong(record, RecordHeader.FINGERPRINT_AT) != fingerprint) {
      return RecordVerdict.FINGERPRINT;
    }
    if (getLong(record, RecordHeader.HASH_HI_AT) != wanted.hashHi
        || getLong(record, RecordHeader.HASH_LO_AT) != wanted.hashLo) {
      return RecordVerdict.HASH;
    }
    if (!anyGeneration && getInt(record, RecordHeader.GENERATION_AT) != wanted.generation) {
      return RecordVerdict.GENERATION;
    }
    if (getInt(record, RecordHeader.TOKENS_AT) != wanted.tokens) {
      return RecordVerdict.TOKENS;
    }
    if (getInt(record, RecordHeader.SALT_TAG_AT) != wanted.saltTag) {
      return RecordVerdict.SALT_TAG;
    }
    return RecordVerdict.GOOD;
  }

  /** Bytes of a record's payload, as its header says. */
  static int payloadLength(MemorySegment record) {
    return getInt(record, RecordHeader.PAYLOAD_LENGTH_AT);
  }

  /** A record's payload. */
  static MemorySegment payload(MemorySegment record) {
    return record.asSlice(HEADER_BYTES, payloadLength(record));
  }

  /** A record's checksum, as its header says. */
  static int checksum(MemorySegment record) {
    return getInt(record, RecordHeader.CHECKSUM_AT);
  }

  /** Computes the checksum of a record of native memory. */
  public static int checksum(MemorySegment record, int payloadLength, CRC32C crc) {
    ByteBuffer bytes = record.asSlice(0, (long) HEADER_BYTES + payloadLength).asByteBuffer();
    crc.reset();
    crc.update(bytes.limit(RecordHeader.CHECKED_BYTES));
    crc.update(bytes.limit(HEADER_BYTES + payloadLength).position(HEADER_BYTES));
    return (int) crc.getValue();
  }
}

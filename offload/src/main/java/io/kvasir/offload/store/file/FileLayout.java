package io.kvasir.offload.store.file;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.offload.store.RecordFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * How a file is divided, and the block at its start that says so. Integers are little-endian.
 *
 * <pre>
 * file     0 header 4096 | 4096 write budget 4096 | zero | 1 MiB records
 *
 * header   0 magic "KVASIRFS" 8 | version        4 | page bytes     4
 *         16 fingerprint      8 | layers 4 | kvHeads 4 | headDim 4 | elementBytes 4 | blockTokens 4
 *         44 slotCount        4 | dataPages      4 | slabPages      4 | maxRecordPages 4
 *         60 oneClass         4 | zero
 *       4092 checksum         4    CRC-32C over bytes 0 to 4091
 * </pre>
 *
 * @param fingerprint 64 bits of model and shape, see {@link RecordFormat#fingerprint}
 * @param slotCount records at most
 * @param dataPages pages of 4096 bytes that hold records
 * @param slabPages pages of a slab, a multiple of {@code maxRecordPages}
 * @param maxRecordPages pages of the largest record
 * @param oneClass whether that is the only size of extents
 */
record FileLayout(
    long fingerprint,
    BlockGeometry geometry,
    int slotCount,
    int dataPages,
    int slabPages,
    int maxRecordPages,
    boolean oneClass) {

  /** Bytes of the header, and of the write budget behind it. */
  static final int BLOCK_BYTES = RecordFormat.ALIGNMENT;

  static final long BUDGET_OFFSET = BLOCK_BYTES;

  /** Where records start: at a multiple of what flash erases at once, on common devices. */
  static final long DATA_OFFSET = 1 << 20;

  /** Largest file: pages are counted in an int. */
  static final long MAX_BYTES = (long) Integer.MAX_VALUE * RecordFormat.ALIGNMENT;

  /** "KVASIRFS" in the file. */
  static final long MAGIC = 0x5346_5249_5341_564BL;

  private static final int VERSION = 1;
  private static final int SLAB_BYTES = 32 << 20;
  private static final int MIN_SLAB_RECORDS = 4;

  /** Slabs that a file has at least if that leaves room for some records in each. */
  private static final int MIN_SLABS = 64;

  private static final ValueLayout.OfInt INT = JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static FileLayout of(FileStoreConfig config) {
    int fitting = FileStoreConfig.slotsFor(config.bytes(), config.maxRecordBytes());
    int maxPages = config.maxRecordBytes() / RecordFormat.ALIGNMENT;
    boolean oneClass = config.slotCount() <= fitting;
    int records = oneClass ? config.slotCount() : fitting;
    int most = Math.max(MIN_SLAB_RECORDS, SLAB_BYTES / config.maxRecordBytes());
    int slabRecords = oneClass ? most : Math.clamp(records / MIN_SLABS, MIN_SLAB_RECORDS, most);
    return new FileLayout(
        RecordFormat.fingerprint(config.modelFingerprint(), config.geometry()),
        config.geometry(),
        config.slotCount(),
        records * maxPages,
        slabRecords * maxPages,
        maxPages,
        oneClass);
  }

  long dataOffset() {
    return DATA_OFFSET;
  }

  /** Bytes of the file that are used. */
  long fileBytes() {
    return DATA_OFFSET + (long) dataPages * RecordFormat.ALIGNMENT;
  }

  /** Fills a block of {@link #BLOCK_BYTES}. */
  void encode(MemorySegment block) {
    block.fill((byte) 0);
    block.set(LONG, 0, MAGIC);
    block.set(INT, 8, VERSION);
    block.set(INT, 12, RecordFormat.ALIGNMENT);
    block.set(LONG, 16, fingerprint);
    block.set(INT, 24, geometry.layers());
    block.set(INT, 28, geometry.kvHeads());
    block.set(INT, 32, geometry.headDim());
    block.set(INT, 36, geometry.elementBytes());
    block.set(INT, 40, geometry.blockTokens());
    block.set(INT, 44, slotCount);
    block.set(INT, 48, dataPages);
    block.set(INT, 52, slabPages);
    block.set(INT, 56, maxRecordPages);
    block.set(INT, 60, oneClass ? 1 : 0);
    Checksums.seal(block);
  }

  /** Reads a block back; null if it is none of this version, or damaged. */
  static @Nullable FileLayout decode(MemorySegment block) {
    if (block.get(LONG, 0) != MAGIC
        || block.get(INT, 8) != VERSION
        || block.get(INT, 12) != RecordFormat.ALIGNMENT
        || !Checksums.holds(block)) {
      return null;
    }
    return new FileLayout(
        block.get(LONG, 16),
        new BlockGeometry(
            block.get(INT, 24),
            block.get(INT, 28),
            block.get(INT, 32),
            block.get(INT, 36),
            block.get(INT, 40)),
        block.get(INT, 44),
        block.get(INT, 48),
        block.get(INT, 52),
        block.get(INT, 56),
        block.get(INT, 60) == 1);
  }
}

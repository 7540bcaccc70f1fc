package io.kvasir.offload.store.file;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** The checksum at the end of a block of native memory. */
final class Checksums {
  private static final ValueLayout.OfInt INT = JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Checksums() {}

  static void seal(MemorySegment block) {
    block.set(INT, at(block), compute(block));
  }

  static boolean holds(MemorySegment block) {
    return block.get(INT, at(block)) == compute(block);
  }

  private static int compute(MemorySegment block) {
    CRC32C crc = new CRC32C();
    crc.update(block.asSlice(0, at(block)).asByteBuffer());
    return (int) crc.getValue();
  }

  private static long at(MemorySegment block) {
    return block.byteSize() - Integer.BYTES;
  }
}

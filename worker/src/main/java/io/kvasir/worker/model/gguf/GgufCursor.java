package io.kvasir.worker.model.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Reads little-endian values from the front of a mapped file. Each read is checked against the end
 * of the header's limit first, so that no count or length in the file is trusted.
 */
final class GgufCursor {

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final MemorySegment bytes;
  private final long limit;
  private long position;

  GgufCursor(Path file, MemorySegment bytes, long headerBytesMax) {
    this.file = file;
    this.bytes = bytes;
    this.limit = Math.min(bytes.byteSize(), headerBytesMax);
  }

  long position() {
    return position;
  }

  ModelFormatException refuse(String problem) {
    return new ModelFormatException(file, problem);
  }

  byte int8(String field) {
    return bytes.get(ValueLayout.JAVA_BYTE, advance(1, field));
  }

  short int16(String field) {
    return bytes.get(SHORT, advance(2, field));
  }

  int int32(String field) {
    return bytes.get(INT, advance(4, field));
  }

  long int64(String field) {
    return bytes.get(LONG, advance(8, field));
  }

  /**
   * A number of things to come, each at least {@code bytesMin} bytes long.
   *
   * @return a number that the rest of the file has room for and that is within {@code max}
   */
  int count(String field, long bytesMin, int max) {
    long count = int64(field);
    if (count < 0 || count > max) {
      throw refuse(field + " is " + Long.toUnsignedString(count) + ", the limit is " + max);
    }
    if (count > (limit - position) / bytesMin) {
      throw refuse(
          field
              + " is "
              + count
              + ", but only "
              + (limit - position)
              + " bytes follow; the file is truncated or damaged");
    }
    return (int) count;
  }

  /** A string of at most {@code bytesMax} bytes; what is not UTF-8 in it becomes U+FFFD. */
  String string(String field, int bytesMax) {
    int length = count("length of " + field, 1, bytesMax);
    byte[] text = new byte[length];
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, advance(length, field), text, 0, length);
    return new String(text, StandardCharsets.UTF_8);
  }

  private long advance(long length, String field) {
    if (length > limit - position) {
      if (limit < bytes.byteSize()) {
        throw refuse("the header is longer than the limit of " + limit + " bytes at " + field);
      }
      throw refuse(
          "truncated: "
              + field
              + " needs "
              + length
              + " bytes at offset "
              + position
              + ", the file has "
              + bytes.byteSize());
    }
    long at = position;
    position += length;
    return at;
  }
}

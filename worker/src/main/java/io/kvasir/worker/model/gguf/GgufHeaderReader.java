package io.kvasir.worker.model.gguf;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the front of a GGUF file, version 2 or 3 (both have the same bytes in little-endian order):
 *
 * <pre>
 *   magic "GGUF" | version u32 | tensor count u64 | key count u64
 *   key count    x { key string | value type u32 | value }
 *   tensor count x { name string | dimension count u32 | u64 per dimension | type u32 | offset u64 }
 * </pre>
 *
 * A string is a u64 length and its bytes; an array is an element type u32, a u64 count and the
 * elements.
 */
final class GgufHeaderReader {

  /**
   * Longest header. Real ones stay under 32 MiB; it bounds what a hostile file can make us hold.
   */
  static final long HEADER_BYTES_MAX = 128L << 20;

  static final int KEYS_MAX = 1 << 16;
  static final int TENSORS_MAX = 1 << 16;
  static final int ARRAY_ELEMENTS_MAX = 1 << 24;
  static final int NAME_BYTES_MAX = 1 << 10;
  static final int STRING_BYTES_MAX = 16 << 20;
  static final int DIMENSIONS_MAX = 4;

  private static final int MAGIC = 0x46554747;

  private final GgufCursor cursor;
  private final Path file;

  private GgufHeaderReader(Path file, GgufCursor cursor) {
    this.file = file;
    this.cursor = cursor;
  }

  /**
   * What the front of the file says, not yet checked against its length.
   *
   * @param headerBytes length of the front
   */
  record Header(int version, GgufMetadata metadata, List<TensorInfo> tensors, long headerBytes) {}

  /**
   * One tensor as announced.
   *
   * @param offset bytes from the start of the tensor data
   */
  record TensorInfo(String name, long[] dims, GgmlType type, long offset) {}

  static Header read(Path file, MemorySegment bytes) {
    GgufCursor cursor = new GgufCursor(file, bytes, HEADER_BYTES_MAX);
    return new GgufHeaderReader(file, cursor).read();
  }

  private Header read() {
    int version = readVersion();
    int tensorCount = cursor.count("tensor count", 1, TENSORS_MAX);
    int keyCount = cursor.count("metadata key count", 1, KEYS_MAX);
    Map<String, GgufValue> values = new LinkedHashMap<>();
    for (int i = 0; i < keyCount; i++) {
      String key = cursor.string("metadata key " + i, NAME_BYTES_MAX);
      if (values.put(key, readValue(key, cursor.int32("type of " + key))) != null) {
        throw cursor.refuse("metadata key " + key + " appears twice");
      }
    }
    List<TensorInfo> tensors = new ArrayList<>();
    for (int i = 0; i < tensorCount; i++) {
      tensors.add(readTensorInfo(i));
    }
    return new Header(version, new GgufMetadata(file, values), tensors, cursor.position());
  }

  private int readVersion() {
    int magic = cursor.int32("magic");
    if (magic != MAGIC) {
      throw cursor.refuse("not a GGUF file: it does not begin with the letters GGUF");
    }
    int version = cursor.int32("version");
    if (version != 0 && (version & 0xFFFF) == 0) {
      throw cursor.refuse("big-endian GGUF is not supported; convert to little-endian");
    }
    if (version != 2 && version != 3) {
      throw cursor.refuse(
          "GGUF version "
              + Integer.toUnsignedString(version)
              + " is not supported; convert to version 3");
    }
    return version;
  }

  private TensorInfo readTensorInfo(int index) {
    String name = cursor.string("name of tensor " + index, NAME_BYTES_MAX);
    int dimensions = cursor.int32("dimension count of tensor " + name);
    if (dimensions < 1 || dimensions > DIMENSIONS_MAX) {
      throw cursor.refuse(
          "tensor "
              + name
              + " has "
              + Integer.toUnsignedString(dimensions)
              + " dimensions, must be 1 to "
              + DIMENSIONS_MAX);
    }
    long[] dims = new long[dimensions];
    for (int i = 0; i < dimensions; i++) {
      dims[i] = cursor.int64("dimension " + i + " of tensor " + name);
    }
    int typeId = cursor.int32("type of tensor " + name);
    long offset = cursor.int64("offset of tensor " + name);
    GgmlType type =
        GgmlType.byId(typeId)
            .orElseThrow(() ->
                cursor.refuse(
                    "tensor "
                        + name
                        + " has the unknown type number "
                        + Integer.toUnsignedString(typeId)));
    if (!type.supported()) {
      throw cursor.refuse(
          "tensor "
              + name
              + " has type "
              + type
              + ", which is not supported; supported are "
              + GgmlType.allSupported());
    }
    return new TensorInfo(name, dims, type, offset);
  }

  private GgufValue readValue(String key, int type) {
    return switch (type) {
      case 0 -> new GgufValue.Whole(Byte.toUnsignedLong(cursor.int8(key)));
      case 1 -> new GgufValue.Whole(cursor.int8(key));
      case 2 -> new GgufValue.Whole(Short.toUnsignedLong(cursor.int16(key)));
      case 3 -> new GgufValue.Whole(cursor.int16(key));
      case 4 -> new GgufValue.Whole(Integer.toUnsignedLong(cursor.int32(key)));
      case 5 -> new GgufValue.Whole(cursor.int32(key));
      case 6 -> new GgufValue.Real(Float.intBitsToFloat(cursor.int32(key)));
      case 7 -> new GgufValue.Flag(cursor.int8(key) != 0);
      case 8 -> new GgufValue.Text(cursor.string(key, STRING_BYTES_MAX));
      case 9 -> readArray(key);
      case 10, 11 -> new GgufValue.Whole(cursor.int64(key));
      case 12 -> new GgufValue.Real(Double.longBitsToDouble(cursor.int64(key)));
      default -> throw unknownType(key, type);
    };
  }

  private GgufValue readArray(String key) {
    int type = cursor.int32("element type of " + key);
    return switch (type) {
      case 0, 1, 2, 3, 4, 5, 10, 11 -> {
        long[] values = new long[count(key, integerBytes(type))];
        for (int i = 0; i < values.length; i++) {
          values[i] = ((GgufValue.Whole) readValue(key, type)).value();
        }
        yield new GgufValue.Wholes(values);
      }
      case 6, 12 -> {
        float[] values = new float[count(key, type == 6 ? 4 : 8)];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) ((GgufValue.Real) readValue(key, type)).value();
        }
        yield new GgufValue.Reals(values);
      }
      case 7 -> {
        boolean[] values = new boolean[count(key, 1)];
        for (int i = 0; i < values.length; i++) {
          values[i] = cursor.int8(key) != 0;
        }
        yield new GgufValue.Flags(values);
      }
      case 8 -> {
        String[] values = new String[count(key, 8)];
        for (int i = 0; i < values.length; i++) {
          values[i] = cursor.string(key, STRING_BYTES_MAX);
        }
        yield new GgufValue.Texts(values);
      }
      case 9 -> throw cursor.refuse(key + " is an array of arrays, which is not supported");
      default -> throw unknownType(key, type);
    };
  }

  private int count(String key, int elementBytes) {
    return cursor.count("length of array " + key, elementBytes, ARRAY_ELEMENTS_MAX);
  }

  private static int integerBytes(int type) {
    return switch (type) {
      case 0, 1 -> 1;
      case 2, 3 -> 2;
      case 4, 5 -> 4;
      default -> 8;
    };
  }

  private ModelFormatException unknownType(String key, int type) {
    return cursor.refuse(
        key + " has the unknown metadata type number " + Integer.toUnsignedString(type));
  }
}

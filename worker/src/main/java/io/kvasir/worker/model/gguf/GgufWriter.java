package io.kvasir.worker.model.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Writes a GGUF file, version 3, laid out as {@link GgufHeaderReader} draws it: header, then each
 * tensor at the next multiple of the alignment. One row is held at a time.
 *
 * <p>{@link GgufValue} does not tell number widths apart. An integer becomes u32 where it fits and
 * i64 elsewhere; an array of integers i32 where all fit, else i64; a number f32 where that is
 * exact, else f64.
 */
public final class GgufWriter {
  private static final int VERSION = 3;
  private static final int ALIGNMENT = 32;
  private static final int U32 = 4;
  private static final int I32 = 5;
  private static final int F32 = 6;
  private static final int BOOL = 7;
  private static final int STRING = 8;
  private static final int ARRAY = 9;
  private static final int I64 = 11;
  private static final int F64 = 12;
  private static final long U32_MAX = 0xFFFF_FFFFL;
  private static final String ALIGNMENT_KEY = "general.alignment";

  private final Map<String, GgufValue> metadata;
  private final List<Plan> tensors;

  /**
   * One tensor to be written.
   *
   * @param name name in the file
   * @param type one that {@link RowEncoder} encodes
   * @param dims sizes, innermost first; the first is a whole number of the type's blocks
   */
  public record Plan(String name, GgmlType type, long[] dims) {
    /** Elements of the whole tensor. */
    public long elements() {
      long elements = 1;
      for (long dim : dims) {
        elements = Math.multiplyExact(elements, dim);
      }
      return elements;
    }

    private long bytes() {
      return type.bytesFor(elements());
    }
  }

  /** Where the elements come from: asked for each row once, tensor by tensor, first to last. */
  @FunctionalInterface
  public interface Rows {
    /** Fills the next row of a tensor. */
    void fill(Plan tensor, float[] row);
  }

  /**
   * A file to be written.
   *
   * @param metadata keys in the order of the file; {@code general.alignment} is added here
   * @param tensors in the order of the file
   */
  public GgufWriter(Map<String, GgufValue> metadata, List<Plan> tensors) {
    if (metadata.containsKey(ALIGNMENT_KEY)) {
      throw new IllegalArgumentException(ALIGNMENT_KEY + " is the writer's own");
    }
    this.metadata = metadata;
    this.tensors = tensors;
  }

  /** Writes the whole file. */
  public void write(OutputStream out, Rows rows) throws IOException {
    byte[] header = header();
    out.write(header);
    long at = header.length;
    for (Plan tensor : tensors) {
      out.write(new byte[(int) (aligned(at) - at)]);
      writeRows(tensor, rows, out);
      at = aligned(at) + tensor.bytes();
    }
  }

  private static void writeRows(Plan tensor, Rows rows, OutputStream out) throws IOException {
    float[] row = new float[Math.toIntExact(tensor.dims()[0])];
    byte[] encoded = new byte[Math.toIntExact(tensor.type().bytesFor(row.length))];
    ByteBuffer bytes = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
    long count = tensor.elements() / row.length;
    for (long i = 0; i < count; i++) {
      rows.fill(tensor, row);
      RowEncoder.encode(tensor.type(), row, bytes.clear());
      out.write(encoded);
    }
  }

  private byte[] header() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    int keys = metadata.size() + 1;
    out.writeBytes(buffer(20).putInt(VERSION).putLong(tensors.size()).putLong(keys).array());
    writeEntry(out, ALIGNMENT_KEY, new GgufValue.Whole(ALIGNMENT));
    metadata.forEach((key, value) -> writeEntry(out, key, value));
    long offset = 0;
    for (Plan tensor : tensors) {
      out.writeBytes(string(tensor.name()));
      out.writeBytes(buffer(Integer.BYTES).putInt(tensor.dims().length).array());
      for (long dim : tensor.dims()) {
        out.writeBytes(buffer(Long.BYTES).putLong(dim).array());
      }
      out.writeBytes(buffer(12).putInt(tensor.type().id()).putLong(offset).array());
      offset = aligned(offset + tensor.bytes());
    }
    return out.toByteArray();
  }

  private static void writeEntry(ByteArrayOutputStream out, String key, GgufValue value) {
    out.writeBytes(string(key));
    switch (value) {
      case GgufValue.Text text -> typed(out, STRING, string(text.value()));
      case GgufValue.Whole whole -> {
        boolean narrow = whole.value() >= 0 && whole.value() <= U32_MAX;
        typed(out, narrow ? U32 : I64, whole(whole.value(), narrow));
      }
      case GgufValue.Real real -> {
        boolean narrow = Double.compare((float) real.value(), real.value()) == 0;
        typed(
            out,
            narrow ? F32 : F64,
            narrow
                ? buffer(Float.BYTES).putFloat((float) real.value()).array()
                : buffer(Double.BYTES).putDouble(real.value()).array());
      }
      case GgufValue.Flag flag -> typed(out, BOOL, flag(flag.value()));
      case GgufValue.Texts texts -> {
        arrayOf(out, STRING, texts.values().length);
        for (String text : texts.values()) {
          out.writeBytes(string(text));
        }
      }
      case GgufValue.Wholes wholes -> writeWholes(out, wholes.values());
      case GgufValue.Reals reals -> {
        arrayOf(out, F32, reals.values().length);
        for (float real : reals.values()) {
          out.writeBytes(buffer(Float.BYTES).putFloat(real).array());
        }
      }
      case GgufValue.Flags flags -> {
        arrayOf(out, BOOL, flags.values().length);
        for (boolean flag : flags.values()) {
          out.writeBytes(flag(flag));
        }
      }
    }
  }

  private static void writeWholes(ByteArrayOutputStream out, long[] values) {
    boolean narrow = true;
    for (long value : values) {
      narrow &= value == (int) value;
    }
    arrayOf(out, narrow ? I32 : I64, values.length);
    for (long value : values) {
      out.writeBytes(whole(value, narrow));
    }
  }

  private static void typed(ByteArrayOutputStream out, int type, byte[] value) {
    out.writeBytes(buffer(Integer.BYTES).putInt(type).array());
    out.writeBytes(value);
  }

  private static void arrayOf(ByteArrayOutputStream out, int type, int count) {
    typed(out, ARRAY, buffer(12).putInt(type).putLong(count).array());
  }

  private static byte[] whole(long value, boolean narrow) {
    return narrow
        ? buffer(Integer.BYTES).putInt((int) value).array()
        : buffer(Long.BYTES).putLong(value).array();
  }

  private static byte[] flag(boolean value) {
    return new byte[] {(byte) (value ? 1 : 0)};
  }

  private static byte[] string(String value) {
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    return buffer(Long.BYTES + text.length).putLong(text.length).put(text).array();
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long aligned(long offset) {
    return Math.ceilDiv(offset, (long) ALIGNMENT) * ALIGNMENT;
  }
}

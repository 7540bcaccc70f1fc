package io.kvasir.worker.model;

import io.kvasir.worker.model.gguf.GgmlType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes GGUF files for tests, well-formed or damaged on purpose. Nothing is checked: keys and
 * tensors may appear twice, offsets may lie.
 */
public final class GgufBuilder {

  private record Entry(String key, int type, byte[] value) {}

  private record TensorEntry(String name, int type, long[] dims, byte[] data) {}

  private final List<Entry> entries = new ArrayList<>();
  private final List<TensorEntry> tensors = new ArrayList<>();
  private final Map<String, Long> offsets = new HashMap<>();
  private int version = 3;
  private int alignment = 32;

  /** The version number in the file. */
  public GgufBuilder version(int version) {
    this.version = version;
    return this;
  }

  /** Writes {@code general.alignment} and keeps to it where it is above zero. */
  public GgufBuilder alignment(int alignment) {
    this.alignment = Math.max(1, alignment);
    return u32("general.alignment", alignment);
  }

  /** Adds a string. */
  public GgufBuilder text(String key, String value) {
    return raw(key, 8, string(value));
  }

  /** Adds an unsigned 32-bit integer. */
  public GgufBuilder u32(String key, int value) {
    return raw(key, 4, bytes(4).putInt(value).array());
  }

  /** Adds a 32-bit float. */
  public GgufBuilder f32(String key, float value) {
    return raw(key, 6, bytes(4).putFloat(value).array());
  }

  /** Adds a boolean. */
  public GgufBuilder flag(String key, boolean value) {
    return raw(key, 7, new byte[] {(byte) (value ? 1 : 0)});
  }

  /** Adds an array of strings. */
  public GgufBuilder texts(String key, List<String> values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(bytes(12).putInt(8).putLong(values.size()).array());
    values.forEach(value -> out.writeBytes(string(value)));
    return raw(key, 9, out.toByteArray());
  }

  /** Adds an array of 32-bit integers. */
  public GgufBuilder i32s(String key, int... values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(bytes(12).putInt(5).putLong(values.length).array());
    for (int value : values) {
      out.writeBytes(bytes(4).putInt(value).array());
    }
    return raw(key, 9, out.toByteArray());
  }

  /** Adds an array of 32-bit floats. */
  public GgufBuilder f32s(String key, float... values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(bytes(12).putInt(6).putLong(values.length).array());
    for (float value : values) {
      out.writeBytes(bytes(4).putFloat(value).array());
    }
    return raw(key, 9, out.toByteArray());
  }

  /** Adds a value of any type number, already encoded. */
  public GgufBuilder raw(String key, int type, byte[] value) {
    entries.add(new Entry(key, type, value));
    return this;
  }

  /** Drops a key. */
  public GgufBuilder without(String key) {
    entries.removeIf(entry -> entry.key().equals(key));
    return this;
  }

  /** Adds a tensor of floats, encoded as {@code type}. */
  public GgufBuilder tensor(String name, GgmlType type, long[] dims, float[] values) {
    return rawTensor(name, type.id(), dims, TensorEncoder.encode(type, values));
  }

  /** Adds a tensor of any type number, already encoded. */
  public GgufBuilder rawTensor(String name, int type, long[] dims, byte[] data) {
    tensors.add(new TensorEntry(name, type, dims, data));
    return this;
  }

  /** Drops a tensor. */
  public GgufBuilder withoutTensor(String name) {
    tensors.removeIf(tensor -> tensor.name().equals(name));
    return this;
  }

  /** Writes another offset for a tensor than the one where its data is. */
  public GgufBuilder offset(String tensor, long offset) {
    offsets.put(tensor, offset);
    return this;
  }

  /** The whole file. */
  public byte[] build() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(
        bytes(20).putInt(version).putLong(tensors.size()).putLong(entries.size()).array());
    for (Entry entry : entries) {
      out.writeBytes(string(entry.key()));
      out.writeBytes(bytes(4).putInt(entry.type()).array());
      out.writeBytes(entry.value());
    }
    long offset = 0;
    for (TensorEntry tensor : tensors) {
      out.writeBytes(string(tensor.name()));
      out.writeBytes(bytes(4).putInt(tensor.dims().length).array());
      for (long dim : tensor.dims()) {
        out.writeBytes(bytes(8).putLong(dim).array());
      }
      long written = offsets.getOrDefault(tensor.name(), offset);
      out.writeBytes(bytes(12).putInt(tensor.type()).putLong(written).array());
      offset = aligned(offset + tensor.data().length);
    }
    for (TensorEntry tensor : tensors) {
      pad(out);
      out.writeBytes(tensor.data());
    }
    return out.toByteArray();
  }

  /** Writes the whole file. */
  public Path write(Path file) {
    try {
      return Files.write(file, build());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void pad(ByteArrayOutputStream out) {
    out.writeBytes(new byte[(int) (aligned(out.size()) - out.size())]);
  }

  private long aligned(long offset) {
    return Math.ceilDiv(offset, (long) alignment) * alignment;
  }

  private static byte[] string(String value) {
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    return bytes(8 + text.length).putLong(text.length).put(text).array();
  }

  private static ByteBuffer bytes(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }
}

package io.kvasir.worker.model.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A GGUF file, mapped read-only: metadata and tensors, all checked against the length of the file.
 * What the tensors mean is not known here. Immutable; any thread.
 */
public final class GgufFile {

  private static final int ALIGNMENT_DEFAULT = 32;
  private static final int ALIGNMENT_MAX = 1 << 20;

  private final Path path;
  private final int version;
  private final GgufMetadata metadata;
  private final Map<String, Tensor> tensors;
  private final MemorySegment bytes;
  private final long headerBytes;

  private GgufFile(
      Path path, GgufHeaderReader.Header header, Map<String, Tensor> tensors, MemorySegment bytes) {
    this.path = path;
    this.version = header.version();
    this.metadata = header.metadata();
    this.tensors = tensors;
    this.bytes = bytes;
    this.headerBytes = header.headerBytes();
  }

  /**
   * Maps and checks a file.
   *
   * @param arena the mapping lives until it is closed; the file must not shrink before
   * @throws ModelFormatException if the file cannot be read or is not well-formed
   */
  public static GgufFile open(Path path, Arena arena) {
    MemorySegment bytes = map(path, arena);
    GgufHeaderReader.Header header = GgufHeaderReader.read(path, bytes);
    int alignment =
        header.metadata().whole("general.alignment", ALIGNMENT_DEFAULT, 1, ALIGNMENT_MAX);
    if (Integer.bitCount(alignment) != 1) {
      throw new ModelFormatException(
          path, "general.alignment is " + alignment + ", must be a power of two");
    }
    long dataStart = Math.ceilDiv(header.headerBytes(), (long) alignment) * alignment;
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (GgufHeaderReader.TensorInfo info : header.tensors()) {
      Tensor tensor = place(path, bytes, dataStart, alignment, info);
      if (tensors.put(info.name(), tensor) != null) {
        throw new ModelFormatException(path, "tensor " + info.name() + " appears twice");
      }
    }
    refuseOverlap(path, header.tensors());
    return new GgufFile(path, header, Collections.unmodifiableMap(tensors), bytes);
  }

  private static MemorySegment map(Path path, Arena arena) {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      String kind = Files.isDirectory(path) ? "a directory" : "not a regular file";
      throw new ModelFormatException(path, "is " + kind + "; a model is one GGUF file");
    }
    try (FileChannel channel = FileChannel.open(path)) {
      if (channel.size() == 0) {
        throw new ModelFormatException(path, "the file is empty");
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (NoSuchFileException e) {
      throw new ModelFormatException(path, "there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new ModelFormatException(path, "no permission to read the file", e);
    } catch (IOException e) {
      throw new ModelFormatException(path, "cannot be read: " + e.getMessage(), e);
    }
  }

  private static Tensor place(
      Path path,
      MemorySegment bytes,
      long dataStart,
      int alignment,
      GgufHeaderReader.TensorInfo info) {
    long length = byteLength(path, info);
    if (info.offset() < 0 || info.offset() % alignment != 0) {
      throw new ModelFormatException(
          path,
          "offset of tensor "
              + info.name()
              + " is "
              + Long.toUnsignedString(info.offset())
              + ", must be a multiple of the alignment "
              + alignment);
    }
    long room = bytes.byteSize() - dataStart;
    if (info.offset() > room || length > room - info.offset()) {
      throw new ModelFormatException(
          path,
          "truncated: tensor "
              + info.name()
              + " needs "
              + length
              + " bytes at offset "
              + info.offset()
              + " of the tensor data, the file has "
              + Math.max(0, room));
    }
    MemorySegment data = bytes.asSlice(dataStart + info.offset(), length);
    return new Tensor(info.name(), info.type(), info.dims(), data);
  }

  private static long byteLength(Path path, GgufHeaderReader.TensorInfo info) {
    long elements = 1;
    for (long dim : info.dims()) {
      if (dim < 1 || dim > Integer.MAX_VALUE || elements > (1L << 48) / dim) {
        throw new ModelFormatException(
            path,
            "tensor " + info.name() + " has the impossible shape " + Arrays.toString(info.dims()));
      }
      elements *= dim;
    }
    int blockElements = info.type().blockElements();
    if (info.dims()[0] % blockElements != 0) {
      throw new ModelFormatException(
          path,
          "tensor "
              + info.name()
              + " has rows of "
              + info.dims()[0]
              + " elements, type "
              + info.type()
              + " needs a multiple of "
              + blockElements);
    }
    return info.type().bytesFor(elements);
  }

  private static void refuseOverlap(Path path, List<GgufHeaderReader.TensorInfo> infos) {
    List<GgufHeaderReader.TensorInfo> sorted =
        infos.stream()
            .sorted(Comparator.comparingLong(GgufHeaderReader.TensorInfo::offset))
            .toList();
    for (int i = 1; i < sorted.size(); i++) {
      GgufHeaderReader.TensorInfo before = sorted.get(i - 1);
      if (before.offset() + byteLength(path, before) > sorted.get(i).offset()) {
        throw new ModelFormatException(
            path, "tensors " + before.name() + " and " + sorted.get(i).name() + " overlap");
      }
    }
  }

  /** Where the file is. */
  public Path path() {
    return path;
  }

  /** Version of the format, 2 or 3. */
  public int version() {
    return version;
  }

  /** The key-value part. */
  public GgufMetadata metadata() {
    return metadata;
  }

  /** All tensors in the order of the file. */
  public Collection<Tensor> tensors() {
    return tensors.values();
  }

  /** A tensor by its name, if there is one. */
  public Optional<Tensor> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /** Length of the file, bytes. */
  public long fileBytes() {
    return bytes.byteSize();
  }

  /** The bytes before the tensor data: magic, metadata and tensor infos. */
  public MemorySegment header() {
    return bytes.asSlice(0, headerBytes);
  }
}

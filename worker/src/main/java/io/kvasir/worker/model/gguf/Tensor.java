package io.kvasir.worker.model.gguf;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * One tensor of a model file: a read-only view of its mapped bytes, valid until the file is closed.
 *
 * @param name name in the file
 * @param type element type
 * @param dims 1 to 4 sizes, innermost (contiguous) first; {@code dims[0]} is the length of a row
 * @param data the bytes, exactly as long as type and dims say
 */
public record Tensor(String name, GgmlType type, long[] dims, MemorySegment data) {

  /** Elements of one row, the input dimension of a weight matrix. */
  public int rowElements() {
    return Math.toIntExact(dims[0]);
  }

  /** Rows, the output dimension of a weight matrix; 1 for a vector. */
  public int rows() {
    return Math.toIntExact(elements() / dims[0]);
  }

  /** Bytes of one row. */
  public long rowBytes() {
    return type.bytesFor(dims[0]);
  }

  /** Elements of the whole tensor. */
  public long elements() {
    long elements = 1;
    for (long dim : dims) {
      elements *= dim;
    }
    return elements;
  }

  @Override
  public String toString() {
    return name + " " + type + " " + Arrays.toString(dims);
  }
}

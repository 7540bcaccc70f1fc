package io.kvasir.worker.runner.cpu;

import static io.kvasir.worker.runner.cpu.PackedMatrix.BLOCK_COLUMNS;
import static io.kvasir.worker.runner.cpu.PackedMatrix.PANEL_ROWS;
import static io.kvasir.worker.runner.cpu.PackedMatrix.Q8_BLOCK_BYTES;

import io.kvasir.worker.model.gguf.Dequantizer;
import io.kvasir.worker.model.gguf.GgmlType;
import io.kvasir.worker.model.gguf.Tensor;
import io.kvasir.worker.runner.cpu.PackedMatrix.Kind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Packs tensors into {@link PackedMatrix} form without changing a value. Q8_0 stays 8-bit, and Q4_0
 * and Q5_0 become 8-bit with the same scale: their integers fit. Everything else becomes F32 as
 * {@link Dequantizer} says; F16 and BF16 widen exactly, K-quants and the types with a minimum round
 * once.
 */
final class MatrixPacker {
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  private MatrixPacker() {}

  /** In what form a tensor of this type is kept. */
  static Kind kindOf(GgmlType type) {
    boolean eightBit = type == GgmlType.Q8_0 || type == GgmlType.Q4_0 || type == GgmlType.Q5_0;
    return eightBit ? Kind.Q8 : Kind.F32;
  }

  /** Bytes of the packed tensor. */
  static long bytes(Tensor tensor) {
    return PackedMatrix.bytes(kindOf(tensor.type()), tensor.rows(), tensor.rowElements());
  }

  /** Packs a tensor into {@code target}, which is zeroed and {@link #bytes} long. */
  static PackedMatrix pack(Tensor tensor, MemorySegment target) {
    PackedMatrix matrix =
        new PackedMatrix(kindOf(tensor.type()), tensor.rows(), tensor.rowElements(), target);
    switch (matrix.kind()) {
      case F32 -> packF32(tensor, matrix);
      case Q8 -> packQ8(tensor, matrix);
    }
    return matrix;
  }

  private static void packF32(Tensor tensor, PackedMatrix matrix) {
    float[] row = new float[matrix.columns()];
    MemorySegment data = matrix.data();
    for (int r = 0; r < matrix.rows(); r++) {
      Dequantizer.row(tensor, r, row, 0);
      long at = matrix.panelOffset(r / PANEL_ROWS) + (long) (r % PANEL_ROWS) * Float.BYTES;
      for (int k = 0; k < row.length; k++) {
        data.set(FLOAT, at + (long) k * PANEL_ROWS * Float.BYTES, row[k]);
      }
    }
  }

  private static void packQ8(Tensor tensor, PackedMatrix matrix) {
    MemorySegment source = tensor.data();
    MemorySegment data = matrix.data();
    int blocks = matrix.columns() / BLOCK_COLUMNS;
    int sourceBytes = tensor.type().blockBytes();
    byte[] quants = new byte[BLOCK_COLUMNS];
    for (int r = 0; r < matrix.rows(); r++) {
      long panel = matrix.panelOffset(r / PANEL_ROWS);
      int lane = r % PANEL_ROWS;
      for (int b = 0; b < blocks; b++) {
        long from = r * tensor.rowBytes() + (long) b * sourceBytes;
        long to = panel + (long) b * Q8_BLOCK_BYTES;
        float scale = Float.float16ToFloat(source.get(SHORT, from));
        data.set(FLOAT, to + (long) lane * Float.BYTES, scale);
        unpack(tensor.type(), source, from + Short.BYTES, quants);
        long bytes = to + PANEL_ROWS * Float.BYTES + lane;
        for (int k = 0; k < BLOCK_COLUMNS; k++) {
          data.set(BYTE, bytes + (long) k * PANEL_ROWS, quants[k]);
        }
      }
    }
  }

  private static void unpack(GgmlType type, MemorySegment source, long at, byte[] quants) {
    if (type == GgmlType.Q8_0) {
      for (int k = 0; k < BLOCK_COLUMNS; k++) {
        quants[k] = source.get(BYTE, at + k);
      }
      return;
    }
    boolean fiveBit = type == GgmlType.Q5_0;
    int high = fiveBit ? source.get(INT, at) : 0;
    long nibbles = fiveBit ? at + Integer.BYTES : at;
    int bias = fiveBit ? 16 : 8;
    for (int k = 0; k < BLOCK_COLUMNS / 2; k++) {
      int pair = source.get(BYTE, nibbles + k);
      int fifthLow = ((high >>> k) & 1) << 4;
      int fifthHigh = ((high >>> (k + 16)) & 1) << 4;
      quants[k] = (byte) (((pair & 15) | fifthLow) - bias);
      quants[k + 16] = (byte) ((((pair >>> 4) & 15) | fifthHigh) - bias);
    }
  }
}

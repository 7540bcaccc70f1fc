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
import java.util.Arrays;

/**
 * Packs tensors into {@link PackedMatrix} form without changing a value. Q8_0 stays 8-bit, and Q4_0
 * and Q5_0 become 8-bit with the same scale: their integers fit. Everything else becomes F32 as
 * {@link Dequantizer} says; F16 and BF16 widen exactly, K-quants and the types with a minimum round
 * once.
 */
public final class MatrixPacker {
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  private MatrixPacker() {}

  /** In what form a tensor of this type is kept. */
  public static Kind kindOf(GgmlType type) {
    boolean eightBit = type == GgmlType.Q8_0 || type == GgmlType.Q4_0 || type == GgmlType.Q5_0;
    return eightBit ? Kind.Q8 : Kind.F32;
  }

  /** Bytes of the packed tensor. */
  public static long bytes(Tensor tensor) {
    return PackedMatrix.bytes(kindOf(tensor.type()), tensor.rows(), tensor.rowElements());
  }

  /** Packs a tensor into {@code target}, which is {@link #bytes} long. */
  public static PackedMatrix pack(Tensor tensor, MemorySegment target) {
    PackedMatrix matrix =
        new PackedMatrix(kindOf(tensor.type()), tensor.rows(), tensor.rowElements(), target);
    switch (matrix.kind()) {
      case F32 -> packF32(tensor, matrix);
      case Q8 -> packQ8(tensor, matrix);
    }
    return matrix;
  }

  /** Panel by panel, in arrays: plain array code is fast long before the JIT compiler is done. */
  private static void packF32(Tensor tensor, PackedMatrix matrix) {
    int columns = matrix.columns();
    float[] row = new float[columns];
    float[] panel = new float[columns * PANEL_ROWS];
    for (int p = 0; p < matrix.panels(); p++) {
      Arrays.fill(panel, 0f);
      int lanes = Math.min(PANEL_ROWS, matrix.rows() - p * PANEL_ROWS);
      for (int lane = 0; lane < lanes; lane++) {
        Dequantizer.row(tensor, (long) p * PANEL_ROWS + lane, row, 0);
        for (int k = 0; k < columns; k++) {
          panel[k * PANEL_ROWS + lane] = row[k];
        }
      }
      MemorySegment.copy(panel, 0, matrix.data(), FLOAT, matrix.panelOffset(p), panel.length);
    }
  }

  private static void packQ8(Tensor tensor, PackedMatrix matrix) {
    int rowBytes = Math.toIntExact(tensor.rowBytes());
    byte[] row = new byte[rowBytes];
    byte[] panel = new byte[matrix.columns() / BLOCK_COLUMNS * Q8_BLOCK_BYTES];
    for (int p = 0; p < matrix.panels(); p++) {
      Arrays.fill(panel, (byte) 0);
      int lanes = Math.min(PANEL_ROWS, matrix.rows() - p * PANEL_ROWS);
      for (int lane = 0; lane < lanes; lane++) {
        long from = ((long) p * PANEL_ROWS + lane) * rowBytes;
        MemorySegment.copy(tensor.data(), BYTE, from, row, 0, rowBytes);
        packRow(tensor.type(), row, panel, lane);
      }
      MemorySegment.copy(panel, 0, matrix.data(), BYTE, matrix.panelOffset(p), panel.length);
    }
  }

  private static void packRow(GgmlType type, byte[] row, byte[] panel, int lane) {
    int blockBytes = type.blockBytes();
    int to = 0;
    for (int from = 0; from < row.length; from += blockBytes) {
      short half = (short) ((row[from] & 0xFF) | row[from + 1] << 8);
      int scale = Float.floatToRawIntBits(Float.float16ToFloat(half));
      for (int i = 0; i < Float.BYTES; i++) {
        panel[to + lane * Float.BYTES + i] = (byte) (scale >>> (8 * i));
      }
      int column = to + PANEL_ROWS * Float.BYTES + lane;
      switch (type) {
        case Q8_0 -> eightBits(row, from + Short.BYTES, panel, column);
        case Q4_0 -> nibbles(row, from + Short.BYTES, 0, 8, panel, column);
        case Q5_0 -> {
          int high = 0;
          for (int i = 0; i < Integer.BYTES; i++) {
            high |= (row[from + Short.BYTES + i] & 0xFF) << (8 * i);
          }
          nibbles(row, from + Short.BYTES + Integer.BYTES, high, 16, panel, column);
        }
        default -> throw new IllegalArgumentException("type " + type + " is not kept as 8 bits");
      }
      to += Q8_BLOCK_BYTES;
    }
  }

  private static void eightBits(byte[] row, int from, byte[] panel, int column) {
    for (int k = 0; k < BLOCK_COLUMNS; k++) {
      panel[column + k * PANEL_ROWS] = row[from + k];
    }
  }

  private static void nibbles(byte[] row, int from, int high, int bias, byte[] panel, int column) {
    for (int k = 0; k < BLOCK_COLUMNS / 2; k++) {
      int pair = row[from + k];
      int fifthLow = ((high >>> k) & 1) << 4;
      int fifthHigh = ((high >>> (k + 16)) & 1) << 4;
      panel[column + k * PANEL_ROWS] = (byte) (((pair & 15) | fifthLow) - bias);
      panel[column + (k + 16) * PANEL_ROWS] = (byte) ((((pair >>> 4) & 15) | fifthHigh) - bias);
    }
  }
}

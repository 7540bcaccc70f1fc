package io.kvasir.worker.runner.cpu;

import java.lang.foreign.MemorySegment;

/**
 * A weight matrix, rows = outputs and columns = inputs, laid out so that neighbouring vector lanes
 * hold neighbouring rows: no kernel ever sums across lanes, and each output has one order of
 * additions whatever the vector width.
 *
 * <pre>
 * matrix      | panel 0 | panel 1 | ... |      panel = 32 rows, the last one filled up with zeros
 * F32 panel   | column 0: 32 floats | column 1: 32 floats | ... |
 * Q8 panel    | block 0 | block 1 | ... |      block = 32 columns
 * Q8 block    | 32 scales (float) | column 0: 32 signed bytes | ... | column 31: 32 signed bytes |
 * </pre>
 *
 * <p>An output is the sum over blocks of 32 columns, in order, of scale · (sum over the block's
 * columns, in order, of weight · input), each step one fused multiply-add in float. F32 has no
 * scale and a last block that may be shorter.
 *
 * @param kind element type
 * @param rows outputs
 * @param columns inputs; a multiple of 32 for Q8
 * @param data {@link #bytes} bytes, aligned to 64
 */
public record PackedMatrix(Kind kind, int rows, int columns, MemorySegment data) {
  /** Rows of a panel. */
  public static final int PANEL_ROWS = 32;

  /** Columns whose products are summed before they join the output. */
  public static final int BLOCK_COLUMNS = 32;

  /** Bytes of one block of a Q8 panel. */
  static final int Q8_BLOCK_BYTES = PANEL_ROWS * Float.BYTES + BLOCK_COLUMNS * PANEL_ROWS;

  /** Element type in memory. */
  public enum Kind {
    /** Floats. */
    F32,
    /** Signed bytes with a scale per row and block. */
    Q8
  }

  /** Panels of a matrix. */
  static int panels(int rows) {
    return Math.ceilDiv(rows, PANEL_ROWS);
  }

  /** Bytes of one panel. */
  static long panelBytes(Kind kind, int columns) {
    return switch (kind) {
      case F32 -> (long) columns * PANEL_ROWS * Float.BYTES;
      case Q8 -> (long) (columns / BLOCK_COLUMNS) * Q8_BLOCK_BYTES;
    };
  }

  /** Bytes of a matrix. */
  static long bytes(Kind kind, int rows, int columns) {
    return panels(rows) * panelBytes(kind, columns);
  }

  /** Panels of this matrix. */
  public int panels() {
    return panels(rows);
  }

  /** Where a panel starts in {@link #data}. */
  long panelOffset(int panel) {
    return panel * panelBytes(kind, columns);
  }
}

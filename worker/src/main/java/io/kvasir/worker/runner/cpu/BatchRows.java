package io.kvasir.worker.runner.cpu;

import io.kvasir.worker.runner.BatchSequence;
import java.util.Arrays;
import java.util.List;

/**
 * A batch flattened to rows, one per token to compute. Written by the caller's thread before a
 * step, read by the team during it.
 */
final class BatchRows {
  private static final int[] NO_BLOCKS = {};

  private final int[] tokens;
  private final int[] positions;
  private final int[][] blockIds;
  private final int[] sampledRows;
  private int rows;
  private int sampled;

  BatchRows(int maxRows) {
    tokens = new int[maxRows];
    positions = new int[maxRows];
    blockIds = new int[maxRows][];
    Arrays.fill(blockIds, NO_BLOCKS);
    sampledRows = new int[maxRows];
  }

  /** Takes over a checked batch. */
  void fill(List<BatchSequence> sequences) {
    rows = 0;
    sampled = 0;
    for (int i = 0; i < sequences.size(); i++) {
      BatchSequence sequence = sequences.get(i);
      int start = sequence.start();
      for (int p = start; p < start + sequence.count(); p++) {
        tokens[rows] = sequence.tokenIds()[p];
        positions[rows] = p;
        blockIds[rows++] = sequence.blockIds();
      }
      if (sequence.sample()) {
        sampledRows[sampled++] = rows - 1;
      }
    }
  }

  /** Rows of this step. */
  int rows() {
    return rows;
  }

  int token(int row) {
    return tokens[row];
  }

  int position(int row) {
    return positions[row];
  }

  /** Block table of the row's sequence. */
  int[] blockIds(int row) {
    return blockIds[row];
  }

  /** Rows whose logits are wanted. */
  int sampled() {
    return sampled;
  }

  int sampledRow(int index) {
    return sampledRows[index];
  }
}

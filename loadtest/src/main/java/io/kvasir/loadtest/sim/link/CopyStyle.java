package io.kvasir.loadtest.sim.link;

/**
 * How an engine copies blocks.
 *
 * @param unit what one piece of a copy is
 * @param synchronous whether a step waits until the swaps that it ordered are over, in and out, as
 *     engines without a copy thread do
 */
public record CopyStyle(Unit unit, boolean synchronous) {

  /** Contiguous runs of blocks, while steps go on: what Kvasir does. */
  public static final CopyStyle GROUPS = new CopyStyle(Unit.RUN, false);

  /** What is contiguous in memory. */
  public enum Unit {
    /** A run of neighbouring blocks: all layers of a block are one piece. */
    RUN,
    /** A block. */
    BLOCK,
    /** K or V of one layer of a run: twice the layers per run. */
    LAYER_RUN,
    /** K or V of one layer of one block: twice the layers per block. */
    LAYER
  }

  /** Whether a long run is copied by several calls, as Kvasir's copy engine does. */
  boolean cutsRuns() {
    return unit != Unit.LAYER_RUN;
  }

  /** Pieces that {@code blocks} blocks in {@code runs} runs are copied in. */
  int pieces(int blocks, int runs, int layers) {
    return switch (unit) {
      case RUN -> runs;
      case BLOCK -> blocks;
      case LAYER_RUN -> 2 * layers * runs;
      case LAYER -> 2 * layers * blocks;
    };
  }
}

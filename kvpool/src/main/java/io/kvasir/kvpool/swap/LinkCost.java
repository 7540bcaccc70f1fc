package io.kvasir.kvpool.swap;

import io.kvasir.kvpool.tier.CopyResult;

/**
 * What blocks cost on one direction of one link: the {@link LinkFit} of its copies, how many bytes
 * a block has there (a codec makes them fewer), and how many runs blocks come in. The price of a
 * run counts once at least, so few small blocks are dearer, each, than many. Confined to the
 * scheduler loop; allocates nothing after construction.
 */
final class LinkCost {
  /** Time constant of forgetting, copies. */
  private static final int MEMORY_COPIES = 32;

  private static final double KEEP = 1 - 1.0 / MEMORY_COPIES;

  private final LinkFit fit;
  private double blocks;
  private double bytes;
  private double runs;
  private boolean measured;

  /**
   * @param blockBytes of a block, until copies were seen
   * @param bytesPerSecond likewise
   */
  LinkCost(long blockBytes, long bytesPerSecond) {
    fit = new LinkFit(bytesPerSecond, MEMORY_COPIES);
    blocks = 1;
    bytes = blockBytes;
    runs = 1;
  }

  /** A copy ended. One that lost blocks says nothing about the link. */
  void observe(CopyResult result) {
    int moved = 0;
    for (int i = 0; i < result.outcomes().size(); i++) {
      switch (result.outcomes().get(i)) {
        case DONE -> moved++;
        case CANCELLED -> {
          // Neither its bytes nor its time are in the result.
        }
        case MISS, FAILED -> {
          return;
        }
      }
    }
    if (moved == 0 || result.bytes() < 1 || result.copyNanos() < 1 || result.runs() < 1) {
      return;
    }
    double keep = measured ? KEEP : 0;
    measured = true;
    blocks = keep * blocks + moved;
    bytes = keep * bytes + result.bytes();
    runs = keep * runs + result.runs();
    fit.observe(result.runs(), result.bytes(), result.copyNanos());
  }

  /** Time of a copy of so many blocks, nanoseconds; 0 for none. */
  double nanos(int count) {
    return count == 0 ? 0 : fit.nanos(Math.max(1, count * runs / blocks), count * bytes / blocks);
  }

  /** Time of one block among many, nanoseconds. */
  double nanosPerBlock() {
    return fit.nanos(runs / blocks, bytes / blocks);
  }
}

package io.kvasir.offload.copy;

/**
 * Limits of a {@link CopyEngine}; they hold for each direction of each tier.
 *
 * @param queueBlocksMax blocks that wait at most; a job that would exceed it is refused. At least
 *     {@code pieceBlocksMax}
 * @param pieceBlocksMax blocks of one store call at most: an urgent job waits for no more than the
 *     calls under way, which are of this size. 1 to 4096
 * @param promoteEvery every this many pieces at the latest, the oldest waiting job gets one
 *     whatever its urgency. 1 (first come, first served) to 1024
 * @param threads copy threads, hence store calls at a time. 1 to 64
 * @param stagingPieces pieces of staging memory for the moves out of one tier; with 2 the next is
 *     read while one is written. 1 to 64
 */
public record CopyEngineConfig(
    int queueBlocksMax, int pieceBlocksMax, int promoteEvery, int threads, int stagingPieces) {

  private static final long PIECE_BYTES = 8L << 20;
  private static final int PIECE_BLOCKS_MAX = 256;

  /**
   * What is used unless configured otherwise: pieces of about 8 MiB, which cost a link some hundred
   * times its price of a copy and hold up an urgent job for a millisecond or, on an SSD, a few.
   *
   * @param blockBytes size of one block, at least 1
   */
  public static CopyEngineConfig forBlockBytes(long blockBytes) {
    int piece = Math.clamp(PIECE_BYTES / blockBytes, 1, PIECE_BLOCKS_MAX);
    return new CopyEngineConfig(16384, piece, 8, 1, 2);
  }

  /** The same with other pieces. */
  CopyEngineConfig withPieceBlocks(int blocks) {
    return new CopyEngineConfig(
        Math.max(queueBlocksMax, blocks), blocks, promoteEvery, threads, stagingPieces);
  }

  public CopyEngineConfig {
    requireRange("pieceBlocksMax", pieceBlocksMax, 1, 4096);
    requireRange("queueBlocksMax", queueBlocksMax, pieceBlocksMax, 1 << 24);
    requireRange("promoteEvery", promoteEvery, 1, 1024);
    requireRange("threads", threads, 1, 64);
    requireRange("stagingPieces", stagingPieces, 1, 64);
  }

  private static void requireRange(String field, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be %d to %d, is %d".formatted(field, least, most, value));
    }
  }
}

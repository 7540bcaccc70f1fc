package io.kvasir.kvpool.residency;

import java.util.BitSet;

/**
 * The loads under way for one admission of one request: which blocks of its table are to be filled
 * and which were. Confined to the scheduler loop.
 */
public final class Restore {
  private final int firstBlock;
  private final int endBlock;
  private final int endTokens;
  private final BitSet loaded = new BitSet();
  private int pendingJobs;

  /**
   * @param firstBlock index in the table of the first block that is loaded
   * @param endBlock index behind the last
   * @param endTokens tokens of KV the table holds if every load succeeds
   */
  Restore(int firstBlock, int endBlock, int endTokens) {
    this.firstBlock = firstBlock;
    this.endBlock = endBlock;
    this.endTokens = endTokens;
  }

  /** Index in the table of the first block that is loaded. */
  public int firstBlock() {
    return firstBlock;
  }

  /** Tokens of KV the table holds if every load succeeds. */
  public int endTokens() {
    return endTokens;
  }

  /** Blocks that are loaded. */
  public int blockCount() {
    return endBlock - firstBlock;
  }

  /** Whether every job was observed. */
  public boolean finished() {
    return pendingJobs == 0;
  }

  /** Whether every block arrived. */
  public boolean complete() {
    return loaded.nextClearBit(firstBlock) >= endBlock;
  }

  /**
   * Tokens whose KV the table holds in one piece from its start, once the blocks before the first
   * are computed.
   */
  public int usableTokens(int blockTokens) {
    int missing = loaded.nextClearBit(firstBlock);
    return missing >= endBlock ? endTokens : missing * blockTokens;
  }

  void jobAdded() {
    pendingJobs++;
  }

  void arrived(int block) {
    loaded.set(block);
  }

  void jobObserved() {
    pendingJobs--;
  }
}

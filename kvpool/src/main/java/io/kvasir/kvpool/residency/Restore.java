package io.kvasir.kvpool.residency;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The loads of one admission of one request: which blocks of its table can be filled from the
 * tiers, which are being filled and which were. Loads are ordered in parts from the end backwards,
 * so that what lies in front of them can be computed meanwhile. Confined to the scheduler loop.
 *
 * <pre>
 *   firstBlock ........... low ............................ endBlock
 *   | not ordered yet      | ordered: pending, loaded or lost |
 * </pre>
 */
public final class Restore {
  /** A job under way and the blocks it fills. */
  private static final class Part {
    private final long jobId;
    private final int firstBlock;
    private final int blocks;
    private boolean cancelled;

    private Part(long jobId, int firstBlock, int blocks) {
      this.jobId = jobId;
      this.firstBlock = firstBlock;
      this.blocks = blocks;
    }
  }

  private final int firstBlock;
  private final int endBlock;
  private final int tailTokens;
  private final BitSet pending = new BitSet();
  private final BitSet loaded = new BitSet();
  private final byte[] sources;
  private final List<Part> parts = new ArrayList<>();
  private int low;

  /**
   * @param firstBlock index in the table of the first block that can be loaded
   * @param endBlock index behind the last
   * @param tailTokens tokens of the last block if it is partial; 0: it is full
   */
  Restore(int firstBlock, int endBlock, int tailTokens) {
    this.firstBlock = firstBlock;
    this.endBlock = endBlock;
    this.tailTokens = tailTokens;
    low = endBlock;
    sources = new byte[endBlock - firstBlock];
  }

  /** Index in the table of the first block that can be loaded. */
  public int firstBlock() {
    return firstBlock;
  }

  /** Index in the table behind the last block that can be loaded. */
  public int endBlock() {
    return endBlock;
  }

  /** Whether the last block is partial: the tail of a preempted request. */
  public boolean tail() {
    return tailTokens > 0;
  }

  /** Index of the first block of those that were ordered or given up; all behind it were too. */
  public int low() {
    return low;
  }

  /** Tokens before a block, of those this restore speaks of. */
  public int tokensBefore(int block, int blockTokens) {
    return block == endBlock && tailTokens > 0
        ? (block - 1) * blockTokens + tailTokens
        : block * blockTokens;
  }

  /** Blocks that are being loaded. */
  public int pendingBlocks() {
    return pending.cardinality();
  }

  /** Whether a block is being loaded. */
  public boolean isPending(int block) {
    return pending.get(block);
  }

  /** Whether nothing is being loaded. */
  public boolean finished() {
    return parts.isEmpty();
  }

  /** One behind the last of the blocks from {@code block} on that arrived in one piece. */
  public int loadedEnd(int block) {
    return loaded.nextClearBit(block);
  }

  /** The first block from {@code block} on that arrived or is being loaded; the end if none. */
  public int nextOrdered(int block) {
    int arrived = loaded.nextSetBit(block);
    int coming = pending.nextSetBit(block);
    int next = arrived < 0 || (coming >= 0 && coming < arrived) ? coming : arrived;
    return next < 0 ? endBlock : next;
  }

  /** Blocks of the job that fills a block and was not cancelled; 0 if there is none. */
  public int partBlocks(int block) {
    Part part = partOf(block);
    return part == null ? 0 : part.blocks;
  }

  private @Nullable Part partOf(int block) {
    for (Part part : parts) {
      if (part.firstBlock == block && !part.cancelled) {
        return part;
      }
    }
    return null;
  }

  /** Blocks from {@code block} on were ordered or given up. */
  void orderedFrom(int block) {
    low = block;
  }

  /** The tier that a block which arrived or is being loaded comes from. */
  public int sourceTier(int block) {
    return sources[block - firstBlock];
  }

  void ordered(long jobId, int tier, int[] blocks) {
    parts.add(new Part(jobId, blocks[0], blocks.length));
    for (int block : blocks) {
      pending.set(block);
      sources[block - firstBlock] = (byte) tier;
    }
  }

  void observed(int block, boolean arrived) {
    pending.clear(block);
    loaded.set(block, arrived);
  }

  void jobObserved(long jobId) {
    parts.removeIf(part -> part.jobId == jobId);
  }

  /**
   * Marks the job that begins with a block as cancelled; answers its number, 0 if there is none.
   */
  long cancel(int block) {
    Part part = partOf(block);
    if (part == null) {
      return 0;
    }
    part.cancelled = true;
    return part.jobId;
  }

  /** Marks all jobs as cancelled and answers the numbers of those that were not. */
  long[] cancelAll() {
    long[] jobs =
        parts.stream().filter(part -> !part.cancelled).mapToLong(part -> part.jobId).toArray();
    parts.forEach(part -> part.cancelled = true);
    return jobs;
  }
}

package io.kvasir.kvpool.block;

/**
 * The metadata of all blocks as a struct of arrays, 37 bytes per block. {@link BlockPool} is the
 * only writer.
 *
 * <pre>
 *   block id        0       1       2     ...   n-1
 *               +-------+-------+-------+     +-------+
 *   states      |  byte |       |       |     |       |   code of the BlockState
 *               +-------+-------+-------+     +-------+
 *   references  |  int  |       |       |     |       |   tables that hold the block
 *               +-------+-------+-------+     +-------+
 *   holds       |  int  |       |       |     |       |   copies in flight that use its bytes
 *               +-------+-------+-------+     +-------+
 *   generations |  int  |       |       |     |       |   times the block was allocated
 *               +-------+-------+-------+     +-------+
 *   reaches     |  int  |       |       |     |       |   longest table that let go of it
 *               +-------+-------+-------+     +-------+
 *   hashHi      |  long |       |       |     |       |   REGISTERED and CACHED only
 *               +-------+-------+-------+     +-------+
 *   hashLo      |  long |       |       |     |       |   REGISTERED and CACHED only
 *               +-------+-------+-------+     +-------+
 *   saltTags    |  int  |       |       |     |       |   REGISTERED and CACHED only
 *               +-------+-------+-------+     +-------+
 * </pre>
 *
 * <p>A generation names one life of a block: a table entry, or a copy that is under way, with an
 * older generation refers to bytes that are gone. It may wrap; only equality is asked.
 */
public final class BlockMeta {
  final int blockCount;
  final byte[] states;
  final int[] references;
  final int[] holds;
  final int[] generations;
  final int[] reaches;
  final long[] hashHi;
  final long[] hashLo;
  final int[] saltTags;

  /** Makes {@code blockCount} FREE blocks of generation 0. */
  BlockMeta(int blockCount) {
    this.blockCount = blockCount;
    states = new byte[blockCount];
    references = new int[blockCount];
    holds = new int[blockCount];
    generations = new int[blockCount];
    reaches = new int[blockCount];
    hashHi = new long[blockCount];
    hashLo = new long[blockCount];
    saltTags = new int[blockCount];
  }

  public BlockState state(int block) {
    return BlockState.ofCode(states[block]);
  }

  /**
   * Moves a block to another state.
   *
   * @throws IllegalStateException if the block's state does not lead there
   */
  void move(int block, BlockState to) {
    BlockState from = state(block);
    if (!from.leadsTo(to)) {
      throw new IllegalStateException("block %d: illegal move %s -> %s".formatted(block, from, to));
    }
    states[block] = to.code;
  }

  /** A FREE block becomes the OWNED one of one table: a new generation. */
  void allocate(int block) {
    move(block, BlockState.OWNED);
    generations[block]++;
    references[block] = 1;
    reaches[block] = 0;
  }

  /** A table of {@code tableBlocks} blocks lets go of a block. */
  void release(int block, int tableBlocks) {
    references[block]--;
    reaches[block] = Math.max(reaches[block], tableBlocks);
  }

  /** Tables that reference a block. */
  public int references(int block) {
    return references[block];
  }

  /** Copies in flight that hold a block. */
  public int holds(int block) {
    return holds[block];
  }

  /** Upper half of the hash of a REGISTERED or CACHED block. */
  public long hashHi(int block) {
    return hashHi[block];
  }

  /** Lower half of the hash of a REGISTERED or CACHED block. */
  public long hashLo(int block) {
    return hashLo[block];
  }

  /** The salt tag of a REGISTERED or CACHED block. */
  public int saltTag(int block) {
    return saltTags[block];
  }
}

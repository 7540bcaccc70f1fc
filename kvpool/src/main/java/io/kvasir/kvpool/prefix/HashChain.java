package io.kvasir.kvpool.prefix;

/**
 * The hashes of one request's full blocks, in order. Reused from request to request; extending it
 * allocates nothing.
 *
 * <p>Confined to the scheduler loop.
 */
public final class HashChain {
  private static final int[] NO_TOKENS = {};

  private final BlockHasher hasher = new BlockHasher();
  private final long[] hi;
  private final long[] lo;
  private long saltHi;
  private long saltLo;
  private int saltTag;
  private int blocks;
  private int blockTokens;
  private long tailHi;
  private long tailLo;

  /** Makes an empty chain with salt 0 for up to {@code maxBlocks} blocks. */
  public HashChain(int maxBlocks) {
    hi = new long[maxBlocks];
    lo = new long[maxBlocks];
  }

  /** Empties the chain and starts a new one from a salt. */
  public void reset(CacheSalt salt) {
    reset(salt.hi(), salt.lo());
    saltTag = salt.tag();
  }

  /** Empties the chain and starts a new one from a salt of the exact domain. */
  public void reset(long saltHi, long saltLo) {
    this.saltHi = saltHi;
    this.saltLo = saltLo;
    hasher.hash(saltHi, saltLo, NO_TOKENS, 0, 0);
    saltTag = SaltTag.of((int) hasher.lo(), false);
    blocks = 0;
    blockTokens = 0;
  }

  /**
   * Adds the hashes of the full blocks among the first {@code tokenCount} tokens that are not
   * hashed yet. Tokens that were hashed must not have changed since.
   *
   * @throws IllegalArgumentException if the blocks exceed the chain's capacity, or {@code
   *     blockTokens} differs from the call before
   */
  public void extend(int[] tokens, int tokenCount, int blockTokens) {
    if (blockTokens < 1 || (blocks > 0 && blockTokens != this.blockTokens)) {
      throw new IllegalArgumentException(
          "blockTokens is %d, was %d".formatted(blockTokens, this.blockTokens));
    }
    int fullBlocks = tokenCount / blockTokens;
    if (fullBlocks > hi.length) {
      throw new IllegalArgumentException(
          "%d blocks exceed the chain's limit of %d".formatted(fullBlocks, hi.length));
    }
    this.blockTokens = blockTokens;
    for (; blocks < fullBlocks; blocks++) {
      long parentHi = blocks == 0 ? saltHi : hi[blocks - 1];
      long parentLo = blocks == 0 ? saltLo : lo[blocks - 1];
      hasher.hash(parentHi, parentLo, tokens, blocks * blockTokens, blockTokens);
      hi[blocks] = hasher.hi();
      lo[blocks] = hasher.lo();
    }
  }

  /**
   * Hashes the tokens from {@code blocks * blockTokens} up to {@code tokenCount}: fewer than a
   * block, behind {@code blocks} hashed ones. A block with that hash holds this many tokens of KV.
   * The answer is in {@link #tailHi} and {@link #tailLo}.
   */
  public void hashTail(int[] tokens, int blocks, int tokenCount, int blockTokens) {
    int from = blocks * blockTokens;
    if (blocks > this.blocks || tokenCount <= from || tokenCount >= from + blockTokens) {
      throw new IllegalArgumentException(
          "a tail of tokens %d to %d behind %d of %d blocks"
              .formatted(from, tokenCount, blocks, this.blocks));
    }
    long parentHi = blocks == 0 ? saltHi : hi[blocks - 1];
    long parentLo = blocks == 0 ? saltLo : lo[blocks - 1];
    hasher.hash(parentHi, parentLo, tokens, from, tokenCount - from);
    tailHi = hasher.hi();
    tailLo = hasher.lo();
  }

  /** Upper half of the last {@link #hashTail}. */
  public long tailHi() {
    return tailHi;
  }

  /** Lower half of the last {@link #hashTail}. */
  public long tailLo() {
    return tailLo;
  }

  /** What is stored with the chain's blocks, see {@link SaltTag}. */
  public int saltTag() {
    return saltTag;
  }

  /** Blocks hashed so far. */
  public int blocks() {
    return blocks;
  }

  /** The high half of block {@code i}'s hash, {@code 0 <= i < blocks()}. */
  public long hi(int i) {
    return hi[checked(i)];
  }

  /** The low half of block {@code i}'s hash, {@code 0 <= i < blocks()}. */
  public long lo(int i) {
    return lo[checked(i)];
  }

  private int checked(int i) {
    if (i < 0 || i >= blocks) {
      throw new IndexOutOfBoundsException("block " + i + " of a chain of " + blocks);
    }
    return i;
  }
}

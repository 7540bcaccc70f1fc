package io.kvasir.kvpool.evict;

/** The ways to choose what is given up. */
public enum EvictionKind {
  /** What was used longest ago: {@link LruEviction}. */
  LRU {
    @Override
    public EvictionPolicy create(int blockCount, int blockTokens) {
      return new LruEviction(blockCount);
    }
  },

  /** What costs least to compute again for its age: {@link ValueEviction}. */
  VALUE {
    @Override
    public EvictionPolicy create(int blockCount, int blockTokens) {
      return new ValueEviction(blockCount, (double) DOUBLE_COST_TOKENS / blockTokens);
    }
  };

  /**
   * The position, in tokens, from which on attention costs more than everything else. A token costs
   * 2 FLOPs per parameter and 4 per layer, hidden dimension and token before it: for 8 billion
   * parameters, 32 layers and a dimension of 4,096 they are equal at 30,500 tokens.
   */
  public static final int DOUBLE_COST_TOKENS = 32_768;

  /**
   * A policy that nothing was added to.
   *
   * @param blockCount block ids are 0 to {@code blockCount - 1}
   * @param blockTokens tokens of a block
   */
  public abstract EvictionPolicy create(int blockCount, int blockTokens);
}

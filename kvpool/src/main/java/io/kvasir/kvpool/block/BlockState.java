package io.kvasir.kvpool.block;

/**
 * What a block is to the pool. It starts as {@link #FREE}; no state is terminal. A block is used by
 * the tables that reference it and by the copies in flight that hold it; one that only copies use
 * is <em>in flight</em>: its state stays until the last of them was observed.
 *
 * <pre>
 *            allocate            commit
 *    FREE ------------> OWNED ------------> REGISTERED
 *     ^ ^                 |                   |    ^
 *     | |     last use    |          last use |    | share, hold
 *     | +-----------------+                   v    |
 *     +------------------------------------- CACHED
 *                     evict
 * </pre>
 */
public enum BlockState {
  /** Holds nothing; waits to be given away. {@code allocate → OWNED}. */
  FREE(0),

  /**
   * Referenced by one table, which may write to it, or held by a copy; not found by its hash.
   * {@code commit → REGISTERED}, {@code last use ended → FREE}.
   */
  OWNED(1),

  /**
   * Full, computed and found by its hash; referenced by tables or held by copies; nobody writes to
   * it any more. {@code last use ended → CACHED}.
   */
  REGISTERED(2),

  /**
   * Found by its hash, used by nobody. {@code shared or held → REGISTERED}, {@code evicted → FREE}.
   */
  CACHED(3);

  private static final BlockState[] BY_CODE = new BlockState[values().length];

  static {
    for (BlockState state : values()) {
      BY_CODE[state.code] = state;
    }
  }

  /** What {@link BlockMeta} stores for the state. */
  final byte code;

  BlockState(int code) {
    this.code = (byte) code;
  }

  static BlockState ofCode(int code) {
    return BY_CODE[code];
  }

  /** Whether a block in this state may move to {@code to}. */
  public boolean leadsTo(BlockState to) {
    return switch (this) {
      case FREE -> to == OWNED;
      case OWNED -> to == REGISTERED || to == FREE;
      case REGISTERED -> to == CACHED;
      case CACHED -> to == REGISTERED || to == FREE;
    };
  }

  /** Whether a block in this state is found by its hash. */
  public boolean indexed() {
    return this == REGISTERED || this == CACHED;
  }
}

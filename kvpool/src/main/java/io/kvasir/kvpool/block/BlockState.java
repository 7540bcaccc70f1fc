package io.kvasir.kvpool.block;

/**
 * What a block is to the pool. It starts as {@link #FREE}; no state is terminal.
 *
 * <pre>
 *            allocate            commit
 *    FREE ------------> OWNED ------------> REGISTERED
 *     ^ ^                 |                   |    ^
 *     | |     release     |           release |    | share
 *     | +-----------------+                   v    |
 *     +------------------------------------- CACHED
 *                     evict
 * </pre>
 */
public enum BlockState {
  /** Holds nothing; waits to be given away. {@code allocate → OWNED}. */
  FREE(0),

  /**
   * Referenced by one table, which may write to it; not found by its hash. {@code commit →
   * REGISTERED}, {@code last reference released → FREE}.
   */
  OWNED(1),

  /**
   * Full, computed and found by its hash; referenced by one or more tables; nobody writes to it any
   * more. {@code last reference released → CACHED}.
   */
  REGISTERED(2),

  /**
   * Found by its hash, referenced by no table. {@code matched and shared → REGISTERED}, {@code
   * evicted → FREE}.
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

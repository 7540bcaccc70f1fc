package io.kvasir.kvpool.residency;

/**
 * What a slot of a lower tier is: the residency of one block in one tier. It starts as {@link
 * #ABSENT}; no state is terminal.
 *
 * <pre>
 *            beginStore             stored                 beginRead
 *   ABSENT -------------> STORING -----------> RESIDENT &lt;-----------> LOADING
 *     ^  ^                 |   |                 |         last read    |
 *     |  |    store failed |   |                 |                      |
 *     |  +-----------------+   | evict           | evict                | evict, miss
 *     |  +-----------------------------------------+                    |
 *     |                        v                                        |
 *     +-------------------- EVICTING &lt;----------------------------------+
 *        last copy observed
 * </pre>
 */
public enum SlotState {
  /**
   * Holds nothing. {@code beginStore → STORING}, {@code found there when its worker connected →
   * RESIDENT}.
   */
  ABSENT(0),

  /**
   * A copy writes it: found by its hash, so that nobody stores the block twice, but not readable.
   * Protected until the copy was observed. {@code stored → RESIDENT}, {@code failed → ABSENT},
   * {@code evicted → EVICTING}.
   */
  STORING(1),

  /**
   * Holds the block. Protected while a request pins it; else it may be evicted at any time. {@code
   * beginRead → LOADING}, {@code evicted → ABSENT}.
   */
  RESIDENT(2),

  /**
   * Holds the block and copies read it. Protected until the last of them was observed. {@code last
   * read observed → RESIDENT}, {@code evicted or found wrong → EVICTING}.
   */
  LOADING(3),

  /**
   * Not found by its hash any more, and a copy still uses the bytes. Protected until the last of
   * them was observed. {@code → ABSENT}.
   */
  EVICTING(4);

  private static final SlotState[] BY_CODE = new SlotState[values().length];

  static {
    for (SlotState state : values()) {
      BY_CODE[state.code] = state;
    }
  }

  final byte code;

  SlotState(int code) {
    this.code = (byte) code;
  }

  static SlotState ofCode(int code) {
    return BY_CODE[code];
  }

  /** Whether a slot in this state may move to {@code to}. */
  public boolean leadsTo(SlotState to) {
    return switch (this) {
      case ABSENT -> to == STORING || to == RESIDENT;
      case STORING -> to == RESIDENT || to == ABSENT || to == EVICTING;
      case RESIDENT -> to == LOADING || to == ABSENT;
      case LOADING -> to == RESIDENT || to == EVICTING;
      case EVICTING -> to == ABSENT;
    };
  }

  /** Whether the slot is found by its hash. */
  public boolean indexed() {
    return this == STORING || this == RESIDENT || this == LOADING;
  }

  /** Whether the slot's bytes may be copied from. */
  public boolean readable() {
    return this == RESIDENT || this == LOADING;
  }
}

package io.kvasir.offload.store;

/** What a {@link FaultyTierStore} does to one record. */
public enum Fault {
  /** Nothing. */
  NONE,
  /** A write says that it is done and is not. */
  LOST,
  /** A read gives zeros. */
  ZEROED,
  /** A read gives the first half. */
  TRUNCATED,
  /** A read gives one wrong bit. */
  BIT_FLIPPED,
  /** A read gives another slot's record. */
  SWAPPED,
  /** A read gives the record that was in the slot before. */
  STALE,
  /** The operation takes as long as a test wants it to. */
  SLOW,
  /** A write finds no room. */
  FULL,
  /** The device reports an error. */
  FAILING;

  /** Whether the bytes are not what was stored. */
  public boolean corrupts() {
    return switch (this) {
      case LOST, ZEROED, TRUNCATED, BIT_FLIPPED, SWAPPED, STALE -> true;
      case NONE, SLOW, FULL, FAILING -> false;
    };
  }
}

package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.block.BlockTable;
import org.jspecify.annotations.Nullable;

/**
 * A full block that somebody wants to find again: one per hash, however many want it. Only {@link
 * BlockKeeper} changes it. Confined to the scheduler loop.
 */
public final class KeptBlock {
  final long hi;
  final long lo;
  final int saltTag;

  /** Who wants it. */
  int owners;

  /** Number of the tier whose slot is pinned, or one of the {@link BlockKeeper}'s other places. */
  int place = BlockKeeper.NOWHERE;

  /** In a tier: which slot, and which life of it. */
  int slot;

  int life;

  /** In the arena: holds this one block. */
  @Nullable BlockTable table;

  /** Whether its block of the arena is to be given up once a tier holds it. */
  boolean leaving;

  /** Whether it was loaded ahead of a use that has not come yet. */
  boolean prefetched;

  KeptBlock(long hi, long lo, int saltTag) {
    this.hi = hi;
    this.lo = lo;
    this.saltTag = saltTag;
  }

  /** Whether it is the block of that hash. */
  public boolean is(long hashHi, long hashLo) {
    return hi == hashHi && lo == hashLo;
  }

  /** Where it is protected: a tier's number, {@link BlockKeeper#ARENA} or NOWHERE. */
  public int place() {
    return place;
  }

  /** Whether it was loaded ahead of a use that comes now: true once. */
  public boolean takePrefetched() {
    boolean taken = prefetched;
    prefetched = false;
    return taken;
  }
}

package io.kvasir.kvpool.block;

/** Hears of blocks that become CACHED. */
public interface CachedListener {

  /** Nobody uses the block any more. Called amid an operation: it may only take a note. */
  void onCached(int block);
}

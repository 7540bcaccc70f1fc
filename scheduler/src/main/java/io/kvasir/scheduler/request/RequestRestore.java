package io.kvasir.scheduler.request;

import io.kvasir.kvpool.residency.Restore;

/**
 * A request's restore under way: how far computing may go meanwhile, and what was seen of its
 * loads. Confined to the scheduler loop.
 */
public final class RequestRestore {
  private static final double WEIGHT = 0.5;

  private final Restore loads;
  private final int fromTokens;
  private int limitTokens;
  private int broughtTokens;
  private long movedNanos;
  private boolean moved;
  private int tier = -1;
  private double blockNanos;

  /**
   * @param fromTokens tokens whose KV existed before
   */
  public RequestRestore(Restore loads, int fromTokens, long now) {
    this.loads = loads;
    this.fromTokens = fromTokens;
    this.limitTokens = fromTokens;
    this.movedNanos = now;
  }

  public Restore loads() {
    return loads;
  }

  /** Most tokens that may be planned now. */
  public int limitTokens() {
    return limitTokens;
  }

  public void limit(int tokens) {
    limitTokens = tokens;
  }

  /** Tokens whose KV was loaded. */
  public int broughtTokens() {
    return broughtTokens;
  }

  public void brought(int tokens) {
    broughtTokens += tokens;
  }

  /** Of the first {@code endTokens} tokens, those that were neither there before nor loaded. */
  public int computedTokens(int endTokens) {
    return endTokens - fromTokens - broughtTokens;
  }

  /** A copy of it ended, after so many nanoseconds per block; 0 if it says nothing. */
  public void observe(double nanosPerBlock) {
    moved = true;
    if (nanosPerBlock > 0) {
      blockNanos =
          blockNanos == 0 ? nanosPerBlock : blockNanos + WEIGHT * (nanosPerBlock - blockNanos);
    }
  }

  /** When a load was ordered or ended last, as far as was noticed, nanoseconds. */
  public long movedNanos(long now) {
    if (moved) {
      moved = false;
      movedNanos = now;
    }
    return movedNanos;
  }

  /** The same without noticing anything new. */
  public long movedNanos() {
    return movedNanos;
  }

  /** The tier that it was loaded from last. */
  public int tier() {
    return tier;
  }

  /** A load was ordered after none was under way. */
  public void orderedAfterSilence(long now) {
    movedNanos = now;
  }

  /** It is loaded from another tier from now on, whose speed it has not seen. */
  public void tier(int tier) {
    this.tier = tier;
    blockNanos = 0;
  }

  /**
   * What loading a block takes: as it was for this request lately, if anything was seen.
   *
   * @param believed what it takes in general
   */
  public double blockNanos(double believed) {
    return blockNanos == 0 ? believed : blockNanos;
  }
}

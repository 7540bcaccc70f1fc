package io.kvasir.kvpool.residency;

/**
 * How much of each tier the blocks of one owner may occupy, and do. Owners are told apart by the
 * bits of {@link io.kvasir.kvpool.prefix.CacheSalt#owner}. Confined to the scheduler loop.
 */
public final class TierQuotas {
  /** A quota that bounds nothing. */
  public static final int ANY = TierShares.ANY;

  private final Tiers tiers;

  TierQuotas(Tiers tiers) {
    this.tiers = tiers;
  }

  /**
   * Bounds an owner in a tier. What it has beyond that and nobody needs is given up now, what is
   * needed when the owner next stores something there.
   *
   * @param slots 0: nothing of it is stored; {@link #ANY}: no bound
   */
  public void set(int tier, int owner, int slots) {
    if (slots < 0) {
      throw new IllegalArgumentException("slots must not be negative, are " + slots);
    }
    TierShares shares = tiers.get(tier).meta.shares;
    shares.setQuota(owner, slots);
    for (int own = shares.excess(owner, 0); own != TierTable.NONE; own = shares.excess(owner, 0)) {
      tiers.get(tier).evict(own);
    }
  }

  /** Most slots that an owner's blocks may occupy; {@link #ANY} without a bound. */
  public int quota(int tier, int owner) {
    return tiers.get(tier).meta.shares.quota(owner);
  }

  /** Slots that an owner's blocks occupy: what it stored and what is on its way. */
  public int used(int tier, int owner) {
    return tiers.get(tier).meta.shares.used(owner);
  }
}

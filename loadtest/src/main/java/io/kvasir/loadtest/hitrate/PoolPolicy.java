package io.kvasir.loadtest.hitrate;

import io.kvasir.kvpool.evict.EvictionPolicy;

/** One of the pool's policies. */
final class PoolPolicy implements Victims {
  private final EvictionPolicy policy;
  private final boolean byPosition;

  PoolPolicy(EvictionPolicy policy, boolean byPosition) {
    this.policy = policy;
    this.byPosition = byPosition;
  }

  @Override
  public void add(int slot, int position, int reach, int nextPrompt) {
    policy.add(slot, byPosition ? position + 1 : reach);
  }

  @Override
  public void remove(int slot) {
    policy.remove(slot);
  }

  @Override
  public int poll() {
    return policy.pollVictim();
  }

  @Override
  public void advance(long computedBlocks) {
    policy.advance(computedBlocks);
  }
}

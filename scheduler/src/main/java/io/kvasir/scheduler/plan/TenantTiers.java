package io.kvasir.scheduler.plan;

import io.kvasir.kvpool.prefix.CacheSalt;
import io.kvasir.kvpool.residency.Residency;
import io.kvasir.kvpool.residency.TierQuotas;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.scheduler.tenant.Tenant;
import io.kvasir.scheduler.tenant.TenantSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What tenants may have and have in the tiers of the connected worker: makes quotas of bytes into
 * quotas of blocks. A block counts as large as it is in the arena, whatever a codec makes of it.
 * Confined to the scheduler loop.
 */
public final class TenantTiers {
  private static final int FORGET_ABOVE = 1024;

  private final KvMemory memory;
  private final long blockBytes;

  /** Those with a quota, as it was when it was put into blocks. */
  private final Map<String, TenantSpec> bounded = new LinkedHashMap<>();

  private int forgetAbove = FORGET_ABOVE;

  TenantTiers(KvMemory memory, long blockBytes) {
    this.memory = memory;
    this.blockBytes = blockBytes;
  }

  /** Takes what tenants are promised now. */
  public void apply(List<Tenant> tenants) {
    tenants.forEach(this::apply);
  }

  /** Takes what a tenant is promised now; cheap if that is what it was. */
  public void apply(Tenant tenant) {
    TenantSpec spec = tenant.spec();
    TenantSpec before = bounded.get(spec.id());
    if (spec.equals(before) || (before == null && spec.tierKvBytes().isEmpty())) {
      return;
    }
    int owner = owner(spec.id());
    for (int t = 0; t < residency().tierCount(); t++) {
      Long bytes = spec.tierKvBytes().get(kind(t));
      residency().quotas().set(t, owner, bytes == null ? TierQuotas.ANY : blocks(bytes));
    }
    if (spec.tierKvBytes().isEmpty()) {
      bounded.remove(spec.id());
    } else {
      forget();
      bounded.put(spec.id(), spec);
    }
  }

  /** Those that were not configured come and go: who has nothing anywhere needs no bound. */
  private void forget() {
    if (bounded.size() < forgetAbove) {
      return;
    }
    bounded
        .keySet()
        .removeIf(tenant -> {
          int owner = owner(tenant);
          boolean gone = used(owner) == 0;
          for (int t = 0; gone && t < residency().tierCount(); t++) {
            residency().quotas().set(t, owner, TierQuotas.ANY);
          }
          return gone;
        });
    forgetAbove = Math.max(FORGET_ABOVE, 2 * bounded.size());
  }

  /**
   * Most blocks that a tenant's sessions may protect by its quotas: half of what it may have, so
   * that its running requests find room as well. The largest number without a quota.
   */
  public int sessionBlocks(String tenant) {
    if (residency().tierCount() == 0 || !bounded.containsKey(tenant)) {
      return TierQuotas.ANY;
    }
    int owner = owner(tenant);
    long blocks = 0;
    for (int t = 0; t < residency().tierCount(); t++) {
      blocks += Math.min(residency().quotas().quota(t, owner), residency().tier(t).limit());
    }
    return (int) Math.min(Math.ceilDiv(blocks, 2), TierQuotas.ANY);
  }

  /** What those with a quota of a tier have there; up to {@code most} of them. */
  public List<TenantBlocks> inTier(int tier, int most) {
    List<TenantBlocks> rows = new ArrayList<>();
    for (TenantSpec spec : bounded.values()) {
      if (rows.size() < most && spec.tierKvBytes().containsKey(kind(tier))) {
        int owner = owner(spec.id());
        TierQuotas quotas = residency().quotas();
        rows.add(new TenantBlocks(spec.id(), quotas.used(tier, owner), quotas.quota(tier, owner)));
      }
    }
    return rows;
  }

  /** The bits of a salt tag that say whose blocks they are. */
  int owner(String tenant) {
    return CacheSalt.owner(memory.secret().hi(), memory.secret().lo(), tenant);
  }

  private int used(int owner) {
    int used = 0;
    for (int t = 0; t < residency().tierCount(); t++) {
      used += residency().quotas().used(t, owner);
    }
    return used;
  }

  private TierKind kind(int tier) {
    return residency().tier(tier).spec().kind();
  }

  private int blocks(long bytes) {
    return (int) Math.min(bytes / blockBytes, TierQuotas.ANY - 1);
  }

  private Residency residency() {
    return memory.pool().residency();
  }
}

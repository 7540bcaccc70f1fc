package io.kvasir.scheduler.plan;

import io.kvasir.kvpool.prefix.CacheSalt;
import io.kvasir.kvpool.prefix.SaltTag;
import io.kvasir.kvpool.residency.Residency;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.scheduler.policy.MemoryWeights;
import io.kvasir.scheduler.policy.ServiceAccounts;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestQueue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Charges tenants for the KV that they hold and move, if {@link MemoryWeights} say so; otherwise it
 * does nothing at all. Confined to the scheduler loop.
 *
 * <ul>
 *   <li>Blocks of running requests, once per step for the time since the step before; a block that
 *       several requests share is charged to each.
 *   <li>Blocks in tiers, to the tenant that stored them, at most ten times a second: as many as
 *       there are then, for the time since.
 *   <li>Blocks that are stored because a request was preempted, and blocks that are loaded, which
 *       is always for somebody, before its turn or after, when the copy is ordered. What a tier
 *       holds already is not stored again, so that a request that is preempted twice pays for what
 *       is new. Stores and moves in the background are free.
 * </ul>
 */
final class MemoryCharges {
  private static final double GIB = 1L << 30;
  private static final double SECOND_NANOS = 1e9;
  private static final long TIERS_EACH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final RequestQueue running;
  private final KvMemory memory;
  private final ServiceAccounts accounts;
  private final MemoryWeights weights;
  private final boolean free;
  private final double blockGib;

  /** Tenants that ran or were loaded for since the worker connected, and are in the books. */
  private final List<Owner> owners = new ArrayList<>();

  private final Set<String> met = new HashSet<>();

  /** Whose blocks those are that have these bits in their salt tags. */
  private record Owner(int bits, String tenant) {}

  private boolean began;
  private long arenaSince;
  private long tiersSince;

  MemoryCharges(RequestQueue running, WorkerSession session, ServiceAccounts accounts) {
    this.running = running;
    this.memory = session.memory();
    this.accounts = accounts;
    weights = accounts.weights().memory();
    free = weights.free();
    blockGib = session.info().geometry().blockBytes() / GIB;
  }

  /** Charges what was held until now. */
  void stepBegins(long now) {
    if (free) {
      return;
    }
    if (!began) {
      began = true;
      arenaSince = now;
      tiersSince = now;
    }
    double arena = weights.arena() * blockGib * (now - arenaSince) / SECOND_NANOS;
    arenaSince = now;
    for (int i = 0; i < running.size(); i++) {
      Request request = running.get(i);
      accounts.memory(request.tenant().id(), arena * KvMemory.blockCount(request));
    }
    meet();
    if (now - tiersSince >= TIERS_EACH_NANOS) {
      double gibSeconds = blockGib * (now - tiersSince) / SECOND_NANOS;
      for (int i = owners.size() - 1; i >= 0; i--) {
        if (!hold(owners.get(i), gibSeconds)) {
          met.remove(owners.remove(i).tenant());
        }
      }
      tiersSince = now;
    }
  }

  /** Charges a tenant for its blocks in tiers; false if it is not in the books any more. */
  private boolean hold(Owner owner, double gibSecondsPerBlock) {
    double service = 0;
    for (int t = 0; t < residency().tierCount(); t++) {
      int used = residency().quotas().used(t, owner.bits());
      service += weights.of(residency().tier(t).spec().kind()) * used * gibSecondsPerBlock;
    }
    return accounts.memory(owner.tenant(), service);
  }

  /** Copies are ordered. */
  void ordered(List<CopyJob> jobs) {
    if (weights.swap() == 0 || jobs.isEmpty()) {
      return;
    }
    meet();
    for (CopyJob job : jobs) {
      boolean charged =
          switch (job.kind()) {
            case STORE -> job.urgency() == CopyUrgency.SWAP_OUT;
            case LOAD -> true;
            case MOVE, PROBE -> false;
          };
      Owner owner = charged ? owner(job) : null;
      if (owner != null) {
        accounts.memory(owner.tenant(), weights.swap() * blockGib * job.blockCount());
      }
    }
  }

  /** Learns whose blocks the running requests' are. */
  private void meet() {
    for (int i = 0; i < running.size(); i++) {
      meet(running.get(i).tenant().id());
    }
  }

  private void meet(String tenant) {
    if (met.add(tenant)) {
      int bits = CacheSalt.owner(memory.secret().hi(), memory.secret().lo(), tenant);
      if (owner(bits) == null) {
        owners.add(new Owner(bits, tenant));
      }
    }
  }

  /** Whose job that is: all blocks of one that is charged are one tenant's. */
  private @Nullable Owner owner(CopyJob job) {
    int bits = SaltTag.owner(job.saltTags()[0]);
    if (owner(bits) == null) {
      // Loaded ahead for a tenant that has not run yet.
      accounts.forEachWaiting(this::meet);
    }
    return owner(bits);
  }

  private @Nullable Owner owner(int bits) {
    for (int i = 0; i < owners.size(); i++) {
      if (owners.get(i).bits() == bits) {
        return owners.get(i);
      }
    }
    return null;
  }

  private Residency residency() {
    return memory.pool().residency();
  }
}

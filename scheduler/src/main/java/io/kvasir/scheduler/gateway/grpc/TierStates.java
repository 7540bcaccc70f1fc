package io.kvasir.scheduler.gateway.grpc;

import io.kvasir.scheduler.loop.TierStatus;
import io.kvasir.scheduler.plan.TenantBlocks;
import io.kvasir.v1.CopyCounts;
import io.kvasir.v1.TierState;

/** A tier's state on the wire. */
final class TierStates {
  private TierStates() {}

  static TierState of(TierStatus tier) {
    TierState.Builder state = TierState.newBuilder();
    for (TenantBlocks tenant : tier.tenants()) {
      state.addTenants(
          io.kvasir.v1.TenantBlocks.newBuilder()
              .setTenant(tenant.tenant())
              .setBlocks(tenant.blocks())
              .setQuotaBlocks(tenant.quotaBlocks()));
    }
    return state
        .setName(tier.name())
        .setCodec(tier.codec())
        .setLossy(tier.lossy())
        .setSlots(tier.slots())
        .setLimit(tier.limit())
        .setResident(tier.resident())
        .setInFlight(tier.inFlight())
        .setEvictions(tier.evictions())
        .setStored(of(tier.stored()))
        .setLoaded(of(tier.loaded()))
        .setMoved(of(tier.moved()))
        .build();
  }

  private static CopyCounts of(TierStatus.Copies copies) {
    return CopyCounts.newBuilder()
        .setDone(copies.done())
        .setMissed(copies.missed())
        .setFailed(copies.failed())
        .setCancelled(copies.cancelled())
        .setBytes(copies.bytes())
        .setRuns(copies.runs())
        .setBusyNanos(copies.busyNanos())
        .build();
  }
}

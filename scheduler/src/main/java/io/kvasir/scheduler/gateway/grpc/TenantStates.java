package io.kvasir.scheduler.gateway.grpc;

import io.kvasir.scheduler.policy.TenantService;
import io.kvasir.v1.TenantState;

/** What a tenant was given, on the wire. */
final class TenantStates {
  private TenantStates() {}

  static TenantState of(TenantService tenant) {
    return TenantState.newBuilder()
        .setTenant(tenant.tenant())
        .setWeight(tenant.weight())
        .setService(tenant.service())
        .setCounter(tenant.counter())
        .setWaitingRequests(tenant.queued())
        .setRunningRequests(tenant.running())
        .setAdmittedRequests(tenant.admitted())
        .setWaitedNanos(tenant.waitedNanos())
        .build();
  }
}

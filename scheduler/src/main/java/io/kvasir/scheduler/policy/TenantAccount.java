package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.tenant.Tenant;

/**
 * What one tenant was given and waits for. In the lane 0 of heaps it is among the tenants with
 * waiting requests, by counter; lane 1 is the policy's. Confined to the scheduler loop.
 */
final class TenantAccount extends HeapNode {
  /** Who it is now: a tenant that was forgotten and came back is another object. */
  Tenant tenant;

  final long number;

  /** Its waiting requests, if the policy keeps them by tenant. */
  final IndexedHeap<Ticket> requests = new IndexedHeap<>(0);

  /** Whether it is in the policy's heap of those that have had too much. */
  boolean barred;

  /* Weighted tokens it was given. */
  double service;

  /* Service by weight, with what is charged in advance and the lifts. */
  double counter;

  int waiting;
  int running;
  long admitted;
  long waitedNanos;

  /* Until when it is expected back if it has nothing to do: set while requests of it run that are
   * below all that wait. */
  long expectedUntilNanos = Long.MIN_VALUE;

  TenantAccount(Tenant tenant, long number) {
    this.tenant = tenant;
    this.number = number;
  }

  double weight() {
    return tenant.spec().weight();
  }

  /** The counter as a key of a heap: in the same order, because it is never negative. */
  long counterKey() {
    return Double.doubleToLongBits(counter);
  }

  boolean idle() {
    return waiting == 0 && running == 0;
  }

  @Override
  public String toString() {
    return "tenant %s counter %.1f service %.1f waiting %d running %d"
        .formatted(tenant.id(), counter, service, waiting, running);
  }
}

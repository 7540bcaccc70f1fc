package io.kvasir.scheduler.policy;

/** What distinguishes policies that choose a tenant first and then a request. */
interface TenantRule {

  /** Tenants are served while their counter is at most this; at least {@code leastCounter}. */
  double limit(double leastCounter);

  /** The key of a request that begins to wait: the smaller, the earlier. */
  long key(Ticket ticket);

  /**
   * The key that a tenant's first request has by now. Must settle: asked again at the same time, it
   * answers the same, and it answers something else a bounded number of times per request or step.
   */
  default long keyNow(Ticket first, long key, long now) {
    return key;
  }
}

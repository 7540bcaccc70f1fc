package io.kvasir.scheduler.admission;

import io.kvasir.scheduler.tenant.TenantUsage;

/**
 * Divides the server's queue among tenants, so that one that floods it leaves room for the others.
 * Guarded by {@link Admission}.
 *
 * <p>With Q places, F of them free, weight w of a tenant, W of all tenants that wait (it included),
 * and H of the heaviest tenant there is:
 *
 * <ul>
 *   <li>Its <b>share</b> is {@code Q * w / (W + H)}, at least 1: what would be its own if one more
 *       tenant came, the heaviest. Within its share it is let in as long as any place is free.
 *   <li>Beyond it, it is let in only while it has fewer than {@code F * w / H} requests here: as
 *       long as a newcomer would still find at least as much room, for its weight.
 *   <li>A tenant that is alone may have the whole queue. A server that knows only one is not to
 *       keep places for nobody.
 * </ul>
 *
 * <p>The bound: tenants that have all they may leave {@code Q * H / (W + H)} places free, which is
 * no less than the share of any tenant that comes next. So however much the others send, a tenant
 * within its share is let in. If several come at the same time, the later ones find what the
 * earlier ones left of it until requests of those beyond their shares were served; these are not
 * replaced. This is the dynamic threshold of shared-memory switches (Choudhury and Hahne, IEEE/ACM
 * Transactions on Networking 6(2), 1998), with weights.
 */
final class QueueShares {
  private final int places;
  private int taken;
  private double weightTaken;

  QueueShares(int places) {
    this.places = places;
  }

  int places() {
    return places;
  }

  int taken() {
    return taken;
  }

  /** Weights of those that wait, this one included. */
  double weightWith(TenantUsage tenant, double weight) {
    return weightTaken - tenant.waitingWeight() + weight;
  }

  /**
   * Whether one more request of a tenant may wait.
   *
   * @param heaviest no tenant weighs more
   * @param alone whether no other tenant is known
   */
  boolean mayWait(TenantUsage tenant, double weight, double heaviest, boolean alone) {
    int free = places - taken;
    if (free <= 0 || alone) {
      return free > 0;
    }
    int queued = tenant.queued();
    double share = places * weight / (weightWith(tenant, weight) + heaviest);
    return queued < Math.max(1, Math.floor(share)) || queued < free * weight / heaviest;
  }

  /** A request of a tenant waits. */
  void take(TenantUsage tenant, double weight) {
    taken++;
    weightTaken = weightWith(tenant, weight);
    tenant.waitingWeight(weight);
  }

  /** A request waits no more; to be called after its tenant stopped to count it. */
  void free(TenantUsage tenant) {
    taken--;
    if (tenant.queued() == 0) {
      // Without anybody there is nothing to add up, and no rounding to keep.
      weightTaken = taken == 0 ? 0 : weightTaken - tenant.waitingWeight();
      tenant.waitingWeight(0);
    }
  }
}

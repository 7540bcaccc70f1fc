package io.kvasir.scheduler.policy;

/**
 * What one tenant was given, at one moment.
 *
 * @param tenant its id
 * @param weight its share among those that wait
 * @param service weighted tokens it was given; starts again at 0 after a long absence
 * @param counter what the fair policies compare: service by weight, with lifts and charges in
 *     advance
 * @param queued its requests without blocks
 * @param running its requests with blocks
 * @param admitted its requests that were admitted for the first time
 * @param waitedNanos how long those waited before, together
 */
public record TenantService(
    String tenant,
    double weight,
    double service,
    double counter,
    int queued,
    int running,
    long admitted,
    long waitedNanos) {

  static TenantService of(TenantAccount account) {
    return new TenantService(
        account.tenant.id(),
        account.weight(),
        account.service,
        account.counter,
        account.waiting,
        account.running,
        account.admitted,
        account.waitedNanos);
  }
}

package io.kvasir.scheduler.session;

/** What one tenant's sessions protect together. Confined to the scheduler loop. */
final class TenantKv {
  final String tenantId;

  /** Blocks they may protect on the connected worker. */
  int quota;

  /** Blocks they protect, each counted once. */
  int used;

  /** Sessions in the table. */
  int sessions;

  TenantKv(String tenantId) {
    this.tenantId = tenantId;
  }

  /** Charges one more block; false if the quota is used up. */
  boolean charge() {
    if (used >= quota) {
      return false;
    }
    used++;
    return true;
  }
}

package io.kvasir.scheduler.ops;

import io.kvasir.scheduler.request.RefusalReason;

/** Hears what the gateway does with generations before and after the scheduler. Any thread. */
public interface GatewayEvents {

  /**
   * A generation was refused.
   *
   * @param reason why
   * @param tenantId whose it was; empty: it was refused before its tenant was looked at
   */
  void onRefused(RefusalReason reason, String tenantId);

  /** A stream was reset because its client did not read it to its end. */
  void onStreamReset();
}

package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.request.Request;

/** Hears of charges, when they are in the books. */
interface AccountListener {

  /** Hears nothing. */
  AccountListener NONE = new AccountListener() {};

  /** A tenant's counter changed. */
  default void charged(TenantAccount account) {}

  /**
   * A request was given {@code service} weighted tokens, computed again or not; what it was given
   * before a preemption is not given again.
   */
  default void served(Request request, double service) {}
}

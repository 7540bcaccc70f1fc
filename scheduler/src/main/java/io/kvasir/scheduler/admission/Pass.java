package io.kvasir.scheduler.admission;

import io.kvasir.scheduler.tenant.Tenant;

/** A request that was let in, with what it was charged. Guarded by {@link Admission}. */
public final class Pass {
  private final Tenant tenant;
  private final int promptTokens;
  private final int priority;
  private final double chargedTokens;
  private boolean waiting = true;

  Pass(Tenant tenant, int promptTokens, int priority, double chargedTokens) {
    this.tenant = tenant;
    this.promptTokens = promptTokens;
    this.priority = priority;
    this.chargedTokens = chargedTokens;
  }

  /** Who holds a place for it. */
  public Tenant tenant() {
    return tenant;
  }

  int promptTokens() {
    return promptTokens;
  }

  int priority() {
    return priority;
  }

  double chargedTokens() {
    return chargedTokens;
  }

  /** True once: it waits no more. */
  boolean endWait() {
    boolean waited = waiting;
    waiting = false;
    return waited;
  }
}

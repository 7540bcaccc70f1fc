package io.kvasir.scheduler.tenant;

import java.util.List;

/**
 * The tenants that a server starts with, and what becomes of all others. Immutable.
 *
 * @param configured the tenants by name
 * @param unknown what a tenant is promised that nobody configured; its id does not matter
 * @param admitUnknown whether such a tenant is served at all
 * @param maxUnknown how many of them are told apart at once, 1 to 1,000,000: clients choose their
 *     ids, and each costs memory; all beyond share one tenant, so one share and one set of limits
 * @param earlyRefusal which hopeless requests are refused, where a tenant does not say
 * @param classTargets targets that tenants have by their class
 */
public record TenantSettings(
    List<TenantSpec> configured,
    TenantSpec unknown,
    boolean admitUnknown,
    int maxUnknown,
    EarlyRefusal earlyRefusal,
    ClassTargets classTargets) {

  /** Most tenants with promises of their own. */
  public static final int MAX_CONFIGURED = 10_000;

  private static final int MAX_UNKNOWN = 1_000_000;

  /** Nobody is configured; everybody is served alike. */
  public static final TenantSettings DEFAULT =
      new TenantSettings(
          List.of(), TenantSpec.of(Tenants.OTHERS), true, 4096, EarlyRefusal.DEADLINE);

  public TenantSettings {
    configured = List.copyOf(configured);
    if (configured.size() > MAX_CONFIGURED) {
      throw new IllegalArgumentException(
          configured.size() + " tenants are configured, the limit is " + MAX_CONFIGURED);
    }
    for (TenantSpec tenant : configured) {
      if (tenant.id().equals(Tenants.OTHERS)) {
        throw new IllegalArgumentException(
            "tenant %s stands for those that are not remembered".formatted(Tenants.OTHERS));
      }
    }
    if (maxUnknown < 1 || maxUnknown > MAX_UNKNOWN) {
      throw new IllegalArgumentException(
          "unknown.remember must be 1 to " + MAX_UNKNOWN + ", is " + maxUnknown);
    }
  }

  /** Without targets by class. */
  public TenantSettings(
      List<TenantSpec> configured,
      TenantSpec unknown,
      boolean admitUnknown,
      int maxUnknown,
      EarlyRefusal earlyRefusal) {
    this(configured, unknown, admitUnknown, maxUnknown, earlyRefusal, ClassTargets.NONE);
  }

  /** The same with another answer to hopeless requests. */
  public TenantSettings withEarlyRefusal(EarlyRefusal wanted) {
    return new TenantSettings(configured, unknown, admitUnknown, maxUnknown, wanted, classTargets);
  }

  /** The same with other targets of classes. */
  public TenantSettings withClassTargets(ClassTargets wanted) {
    return new TenantSettings(configured, unknown, admitUnknown, maxUnknown, earlyRefusal, wanted);
  }

  /** The same with other promises to those that nobody configured. */
  public TenantSettings withUnknown(TenantSpec promise, boolean admit, int remember) {
    return new TenantSettings(configured, promise, admit, remember, earlyRefusal, classTargets);
  }
}

package io.kvasir.loadtest.sim.engine;

import io.kvasir.loadtest.workload.SloTargets;
import io.kvasir.loadtest.workload.WorkloadException;
import io.kvasir.scheduler.tenant.EarlyRefusal;
import io.kvasir.scheduler.tenant.TenantSettings;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.scheduler.tenant.Tenants;
import java.util.List;
import java.util.Map;

/**
 * What tenants were promised.
 *
 * @param tenants by name
 * @param others targets of every tenant that is not named; their weight is 1
 */
public record Promises(Map<String, TenantSpec> tenants, SloTargets others) {
  /** Weight 1 and no targets for everybody. */
  public static final Promises NONE = new Promises(Map.of(), SloTargets.NONE);

  /* So many are told apart; a workload has fewer. */
  private static final int MAX_UNNAMED = 1_000_000;

  /** Keeps the tenants unmodifiable. */
  public Promises {
    tenants = Map.copyOf(tenants);
  }

  /**
   * What a tenant was promised.
   *
   * @throws WorkloadException if no server would take a tenant of that name
   */
  public TenantSpec of(String tenant) {
    TenantSpec spec = tenants.get(tenant);
    return spec == null ? unnamed(tenant) : spec;
  }

  /** The tenants of a run, as its scheduler knows them. */
  Tenants toTenants() {
    return new Tenants(
        new TenantSettings(
            List.copyOf(tenants.values()),
            unnamed(Tenants.OTHERS),
            true,
            MAX_UNNAMED,
            EarlyRefusal.DEADLINE));
  }

  private TenantSpec unnamed(String tenant) {
    try {
      return new TenantSpec(tenant, 1, others.ttftMillis(), others.tbtMillis());
    } catch (IllegalArgumentException e) {
      throw new WorkloadException("tenant '" + tenant + "': " + e.getMessage(), e);
    }
  }
}

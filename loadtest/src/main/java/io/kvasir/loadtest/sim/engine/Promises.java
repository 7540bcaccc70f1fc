package io.kvasir.loadtest.sim.engine;

import io.kvasir.loadtest.workload.SloTargets;
import io.kvasir.scheduler.tenant.TenantSpec;
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

  /** Keeps the tenants unmodifiable. */
  public Promises {
    tenants = Map.copyOf(tenants);
  }

  /** What a tenant was promised. */
  public TenantSpec of(String tenant) {
    TenantSpec spec = tenants.get(tenant);
    return spec == null ? new TenantSpec(tenant, 1, others.ttftMillis(), others.tbtMillis()) : spec;
  }
}

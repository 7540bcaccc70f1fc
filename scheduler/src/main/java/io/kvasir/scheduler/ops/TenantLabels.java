package io.kvasir.scheduler.ops;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * One value per tenant, for a bounded number of tenants: clients choose tenant ids, and each label
 * value costs memory here and in whatever scrapes. Tenants beyond the bound share one value. Not
 * thread-safe.
 */
final class TenantLabels<T> {
  /** The label of all tenants beyond the bound. */
  static final String OTHERS = "_others";

  private final int maxTenants;
  private final Function<String, T> create;
  private final Map<String, T> values = new HashMap<>();
  private final T others;

  TenantLabels(int maxTenants, Function<String, T> create) {
    this.maxTenants = maxTenants;
    this.create = create;
    this.others = create.apply(OTHERS);
  }

  T of(String tenantId) {
    T known = values.get(tenantId);
    if (known != null) {
      return known;
    }
    if (values.size() >= maxTenants) {
      return others;
    }
    T added = create.apply(tenantId);
    values.put(tenantId, added);
    return added;
  }
}

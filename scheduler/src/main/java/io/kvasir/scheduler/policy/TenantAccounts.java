package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.tenant.Tenant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The accounts by tenant, and which of them are forgotten. Confined to the scheduler loop;
 * allocates only for new tenants.
 *
 * <p>Clients may invent tenants, so idle accounts must not pile up. Those whose tenant would be
 * lifted past its counter anyway are forgotten first: that changes nothing. If too many are left,
 * those with the smallest counters are. Such a tenant gets a credit again when it comes back, as
 * one with a new name would have.
 */
final class TenantAccounts {
  private static final int FORGET_ABOVE = 1024;

  /** Idle ones that are left are too many in so many accounts. */
  private static final int MOST = 4 * FORGET_ABOVE;

  private final Map<String, TenantAccount> byTenant = new HashMap<>();
  private int forgetAbove = FORGET_ABOVE;
  private long opened;

  /** The account of that tenant; null if it has none. */
  @Nullable TenantAccount find(String tenant) {
    return byTenant.get(tenant);
  }

  /** Whether it is time to forget some before one more is opened. */
  boolean full() {
    return byTenant.size() >= forgetAbove;
  }

  /** Opens the account of a tenant that has none. */
  TenantAccount open(Tenant tenant) {
    TenantAccount account = new TenantAccount(tenant, opened++);
    byTenant.put(tenant.id(), account);
    return account;
  }

  /**
   * Forgets idle accounts.
   *
   * @param level tenants with no more than this lose nothing
   * @param keep not this one
   */
  void forget(double level, @Nullable TenantAccount keep) {
    Predicate<TenantAccount> idle = account -> account.idle() && account != keep;
    byTenant.values().removeIf(account -> idle.test(account) && account.counter <= level);
    if (byTenant.size() >= MOST) {
      List<TenantAccount> left =
          byTenant.values().stream()
              .filter(idle)
              .sorted(
                  Comparator.<TenantAccount>comparingDouble(account -> account.counter)
                      .thenComparingLong(account -> account.number))
              .toList();
      for (TenantAccount account : left.subList(0, left.size() / 2)) {
        byTenant.remove(account.tenant.id());
      }
    }
    forgetAbove = Math.max(FORGET_ABOVE, 2 * byTenant.size());
  }

  /** All of them, in no order. */
  Collection<TenantAccount> all() {
    return byTenant.values();
  }

  /** Up to {@code most} tenants, those at work first. */
  List<TenantService> snapshot(int most) {
    List<TenantService> rows = new ArrayList<>();
    for (boolean idle : new boolean[] {false, true}) {
      for (TenantAccount account : byTenant.values()) {
        if (account.idle() == idle && rows.size() < most) {
          rows.add(TenantService.of(account));
        }
      }
    }
    return rows;
  }
}

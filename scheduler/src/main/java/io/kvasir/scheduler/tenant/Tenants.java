package io.kvasir.scheduler.tenant;

import java.util.concurrent.ConcurrentHashMap;

/** All tenants of a server. Any thread may call. */
public final class Tenants {
  private final ConcurrentHashMap<String, Tenant> byId = new ConcurrentHashMap<>();

  /** The tenant of that id; one that nobody configured has weight 1 and no targets. */
  public Tenant of(String id) {
    return byId.computeIfAbsent(id, unknown -> new Tenant(TenantSpec.of(unknown)));
  }
}

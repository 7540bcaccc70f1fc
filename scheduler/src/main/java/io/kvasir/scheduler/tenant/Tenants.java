package io.kvasir.scheduler.tenant;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * All tenants of a server. Any thread may call; looking up a known one takes no lock.
 *
 * <p>Nobody has to be configured: a tenant that is not gets what {@link TenantSettings#unknown}
 * says. So many of these are remembered; when one more comes, one that has nothing in the system is
 * forgotten, and while all have something, the new one shares {@link #OTHERS}.
 */
public final class Tenants {
  /** The tenant of all that there is no room to remember. */
  public static final String OTHERS = "_others";

  /* Looks at no more than so many before it gives up to find an idle one. */
  private static final int MAX_LOOKS = 32;

  private final ConcurrentHashMap<String, Tenant> byId = new ConcurrentHashMap<>();
  private final Tenant others;

  // Written under the lock of this.
  private volatile TenantSettings settings;

  // Guarded by this.
  private final ArrayDeque<Tenant> unknown = new ArrayDeque<>();
  private int configured;

  /* Whether anybody ever had to share a tenant. */
  private volatile boolean shared;

  private volatile double heaviestWeight;
  private volatile int version;

  /** Everybody is served alike. */
  public Tenants() {
    this(TenantSettings.DEFAULT);
  }

  /** The tenants of these settings. */
  public Tenants(TenantSettings settings) {
    this.settings = settings;
    this.others = new Tenant(settings.unknown().as(OTHERS));
    settings.configured().forEach(this::put);
    weigh();
  }

  /** The tenant of that id; one that nobody configured has what unknown ones are promised. */
  public Tenant of(String id) {
    Tenant known = byId.get(id);
    return known != null ? known : remember(id);
  }

  /** The same, or null if the tenant is not served: nobody configured it, and unknown are not. */
  public @Nullable Tenant served(String id) {
    if (settings.admitUnknown()) {
      return of(id);
    }
    Tenant known = byId.get(id);
    return known != null && known.configured() ? known : null;
  }

  /** The tenant of that id, if it is configured or remembered. */
  public @Nullable Tenant find(String id) {
    return byId.get(id);
  }

  /** What a tenant is promised, without remembering it. */
  public TenantSpec promised(String id) {
    Tenant known = byId.get(id);
    return known == null ? settings.unknown() : known.spec();
  }

  /** Target of the first token of a tenant's request that wants {@code wanted}: the tightest. */
  public int ttftMillis(TenantSpec promised, int wanted) {
    int byClass = settings.classTargets().of(promised.priorityClass()).ttftMillis();
    return TenantSpec.tighter(byClass, promised.ttftMillis(wanted));
  }

  /** The same for the time between tokens. */
  public int tbtMillis(TenantSpec promised, int wanted) {
    int byClass = settings.classTargets().of(promised.priorityClass()).tbtMillis();
    return TenantSpec.tighter(byClass, promised.tbtMillis(wanted));
  }

  /** Which of its hopeless requests are refused. */
  public EarlyRefusal earlyRefusal(TenantSpec promised) {
    EarlyRefusal own = promised.earlyRefusal();
    return own == null ? settings.earlyRefusal() : own;
  }

  /** What is promised without naming a tenant; the tenants it names are those of the start. */
  public TenantSettings settings() {
    return settings;
  }

  /** Configured and remembered ones, by id; a copy. */
  public List<Tenant> all() {
    return byId.values().stream().sorted(Comparator.comparing(Tenant::id)).toList();
  }

  /** Whether more than one is known, or there were more than can be. */
  public boolean several() {
    return byId.size() + (shared ? 1 : 0) > 1;
  }

  /** Another number whenever some tenant was promised something else. */
  public int version() {
    return version;
  }

  /** No tenant weighs more, known or not. */
  public double heaviestWeight() {
    return heaviestWeight;
  }

  /**
   * Promises a tenant something, whether or not it is known.
   *
   * @throws IllegalArgumentException if there are too many
   */
  public synchronized Tenant put(TenantSpec spec) {
    if (spec.id().equals(OTHERS)) {
      throw new IllegalArgumentException(
          "id %s stands for tenants that are not remembered".formatted(OTHERS));
    }
    Tenant tenant = byId.get(spec.id());
    if (tenant == null || !tenant.configured()) {
      if (configured >= TenantSettings.MAX_CONFIGURED) {
        throw new IllegalArgumentException(
            "%d tenants are configured, which is the limit".formatted(configured));
      }
      configured++;
    }
    if (tenant == null) {
      tenant = new Tenant(spec);
      byId.put(spec.id(), tenant);
    } else {
      unknown.remove(tenant);
      tenant.promise(spec);
    }
    tenant.configured(true);
    weigh();
    return tenant;
  }

  /**
   * Gives a configured tenant what unknown ones have; its requests in the system go on.
   *
   * @return whether it was configured
   */
  public synchronized boolean delete(String id) {
    Tenant tenant = byId.get(id);
    if (tenant == null || !tenant.configured()) {
      return false;
    }
    configured--;
    tenant.configured(false);
    tenant.promise(settings.unknown().as(id));
    unknown.addLast(tenant);
    forgetBeyond(settings.maxUnknown());
    weigh();
    return true;
  }

  /**
   * Changes what is promised without naming a tenant: to classes and to unknown ones. These have it
   * at once. If fewer of them are to be remembered, they are forgotten by and by.
   */
  public synchronized void change(UnaryOperator<TenantSettings> change) {
    settings = change.apply(settings);
    others.promise(settings.unknown().as(OTHERS));
    unknown.forEach(tenant -> tenant.promise(settings.unknown().as(tenant.id())));
    forgetBeyond(settings.maxUnknown());
    weigh();
  }

  private synchronized Tenant remember(String id) {
    Tenant known = byId.get(id);
    if (known != null) {
      return known;
    }
    forgetBeyond(settings.maxUnknown() - 1);
    if (id.equals(OTHERS) || unknown.size() >= settings.maxUnknown()) {
      shared = true;
      return others;
    }
    Tenant tenant = new Tenant(settings.unknown().as(id));
    unknown.addLast(tenant);
    byId.put(id, tenant);
    return tenant;
  }

  private void forgetBeyond(int most) {
    for (int looks = 0; unknown.size() > most && looks < MAX_LOOKS; looks++) {
      Tenant eldest = unknown.removeFirst();
      if (eldest.usage().retire()) {
        byId.remove(eldest.id());
      } else {
        unknown.addLast(eldest);
      }
    }
  }

  private synchronized void weigh() {
    double heaviest = settings.admitUnknown() ? settings.unknown().weight() : 0;
    for (Tenant tenant : byId.values()) {
      heaviest = Math.max(heaviest, tenant.spec().weight());
    }
    heaviestWeight = heaviest;
    version++;
  }
}

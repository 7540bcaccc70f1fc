package io.kvasir.scheduler.session;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that hints are kept for: by name, by when they expire and by when they are to be
 * loaded. Confined to the scheduler loop.
 */
final class SessionTable {
  private final SessionConfig config;
  private final Map<SessionKey, Session> byKey = new HashMap<>();
  private final Map<String, TenantKv> tenants = new HashMap<>();
  private final TreeSet<Session> byExpiry =
      new TreeSet<>(
          Comparator.<Session>comparingLong(s -> s.expiryNanos).thenComparingLong(s -> s.number));
  private final TreeSet<Session> byLoad =
      new TreeSet<>(
          Comparator.<Session>comparingLong(s -> s.loadAtNanos).thenComparingLong(s -> s.number));
  private long created;

  SessionTable(SessionConfig config) {
    this.config = config;
  }

  @Nullable Session find(SessionKey key) {
    return byKey.get(key);
  }

  int size() {
    return byKey.size();
  }

  /** Adds a session; null if there are as many as may be. */
  @Nullable Session add(SessionKey key) {
    if (byKey.size() >= config.maxSessions()) {
      return null;
    }
    TenantKv tenant = tenants.computeIfAbsent(key.tenantId(), TenantKv::new);
    tenant.sessions++;
    Session session = new Session(key, created++, tenant);
    byKey.put(key, session);
    byExpiry.add(session);
    return session;
  }

  /** Forgets a session that protects nothing. */
  void remove(Session session) {
    byKey.remove(session.key);
    byExpiry.remove(session);
    byLoad.remove(session);
    if (--session.tenant.sessions == 0) {
      tenants.remove(session.tenant.tenantId);
    }
  }

  /** Sets when a session's protection ends. */
  void expireAt(Session session, long nanos) {
    byExpiry.remove(session);
    session.expiryNanos = nanos;
    byExpiry.add(session);
  }

  /** Sets when a session is to be loaded; {@link Session#NEVER}: not at all. */
  void loadAt(Session session, long nanos) {
    byLoad.remove(session);
    session.loadAtNanos = nanos;
    if (nanos != Session.NEVER) {
      byLoad.add(session);
    }
  }

  /** The sessions, the next to expire first. */
  Iterable<Session> byExpiry() {
    return byExpiry;
  }

  /** The next session to expire; null without any. */
  @Nullable Session nextExpiry() {
    return byExpiry.isEmpty() ? null : byExpiry.first();
  }

  /** The next session to be loaded; null without any. */
  @Nullable Session nextLoad() {
    return byLoad.isEmpty() ? null : byLoad.first();
  }

  Iterable<TenantKv> tenants() {
    return tenants.values();
  }

  /** The quota that is configured for a tenant. */
  KvQuota quota(TenantKv tenant) {
    return config.of(tenant.tenantId);
  }

  int maxSessions() {
    return config.maxSessions();
  }
}

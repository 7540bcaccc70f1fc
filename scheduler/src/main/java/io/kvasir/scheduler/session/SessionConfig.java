package io.kvasir.scheduler.session;

import java.util.Map;

/**
 * Bounds of what sessions protect.
 *
 * @param maxSessions most sessions that hints are kept for, 1 to 1,000,000; further ones are
 *     refused
 * @param quota what the sessions of each tenant may protect
 * @param tenantQuotas what those of single tenants may protect instead
 */
public record SessionConfig(int maxSessions, KvQuota quota, Map<String, KvQuota> tenantQuotas) {

  /** What holds unless configured otherwise: an eighth of all KV memory for each tenant. */
  public static final SessionConfig DEFAULT =
      new SessionConfig(10_000, new KvQuota.Share(8), Map.of());

  public SessionConfig {
    if (maxSessions < 1 || maxSessions > 1_000_000) {
      throw new IllegalArgumentException("maxSessions must be 1 to 1000000, is " + maxSessions);
    }
    tenantQuotas = Map.copyOf(tenantQuotas);
  }

  /** The quota of one tenant. */
  KvQuota of(String tenantId) {
    return tenantQuotas.getOrDefault(tenantId, quota);
  }
}

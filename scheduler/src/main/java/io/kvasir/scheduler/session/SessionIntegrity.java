package io.kvasir.scheduler.session;

import io.kvasir.kvpool.residency.KeptBlock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Recounts turns, quotas and bounds from the sessions. Reads only; makes garbage. Confined to the
 * scheduler loop.
 */
final class SessionIntegrity {
  private SessionIntegrity() {}

  static List<String> violations(
      SessionTable table, Collection<Session> turns, @Nullable SessionWorker worker) {
    List<String> violations = new ArrayList<>();
    Map<TenantKv, Set<KeptBlock>> used = new HashMap<>();
    for (Session session : table.byExpiry()) {
      used.computeIfAbsent(session.tenant, _ -> Collections.newSetFromMap(new IdentityHashMap<>()))
          .addAll(session.kept);
      int counted = (int) turns.stream().filter(turn -> turn == session).count();
      if (counted != session.turns || table.find(session.key) != session) {
        violations.add("session %s: %d turns".formatted(session.key, session.turns));
      }
      if (session.kept.size() > session.blocks) {
        violations.add("session %s keeps more than there was".formatted(session.key));
      }
    }
    for (TenantKv tenant : table.tenants()) {
      int counted = used.getOrDefault(tenant, Set.of()).size();
      if (counted != tenant.used || tenant.used > tenant.quota) {
        violations.add(
            "tenant %s: %d blocks protected, %d charged, quota %d"
                .formatted(tenant.tenantId, counted, tenant.used, tenant.quota));
      }
    }
    for (int t = 0; worker != null && t < worker.tierCount(); t++) {
      if (worker.keeper().count(t) > worker.keeper().bound(t)) {
        violations.add("tier %d: more protected than may be".formatted(t));
      }
    }
    return violations;
  }
}

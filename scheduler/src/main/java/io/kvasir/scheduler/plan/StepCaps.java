package io.kvasir.scheduler.plan;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestQueue;
import io.kvasir.scheduler.tenant.Tenant;
import java.util.HashMap;
import java.util.Map;

/**
 * How many tokens of one step each tenant may still take, of those that have a limit ({@link
 * io.kvasir.scheduler.tenant.TenantSpec#maxStepTokens}). Decodes take first, as everywhere. Others
 * cost a look at their promise and nothing else. Confined to the scheduler loop.
 */
final class StepCaps {
  private static final int FORGET_ABOVE = 1024;

  private static final class Use {
    private long step;
    private int tokens;
  }

  private final Map<Tenant, Use> uses = new HashMap<>();
  private long step;

  /** A step begins. */
  void begin() {
    step++;
    if (uses.size() > FORGET_ABOVE) {
      uses.clear();
    }
  }

  /** Tokens that a request may take for its tenant; the largest int without a limit. */
  int left(Request request) {
    int most = request.tenant().spec().maxStepTokens();
    if (most == 0) {
      return Integer.MAX_VALUE;
    }
    Use use = uses.get(request.tenant());
    return use == null || use.step != step ? most : Math.max(0, most - use.tokens);
  }

  /** A request's tokens are in the step. */
  void take(Request request, int tokens) {
    if (request.tenant().spec().maxStepTokens() > 0) {
      Use use = uses.computeIfAbsent(request.tenant(), _ -> new Use());
      if (use.step != step) {
        use.step = step;
        use.tokens = 0;
      }
      use.tokens += tokens;
    }
  }

  /** Whether a tenant's running requests take all that a step may compute for it. */
  static boolean filled(Tenant tenant, RequestQueue running) {
    int most = tenant.spec().maxStepTokens();
    long wanted = 0;
    for (int i = 0; most > 0 && wanted < most && i < running.size(); i++) {
      Request request = running.get(i);
      wanted += request.tenant().equals(tenant) ? Math.max(1, request.tokensBehind()) : 0;
    }
    return most > 0 && wanted >= most;
  }
}

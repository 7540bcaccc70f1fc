package io.kvasir.scheduler.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.tenant.Tenant;
import io.kvasir.scheduler.tenant.TenantSpec;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
  private static final int DAY_MILLIS = 86_400_000;
  private static final int TOKENS = 120_000;

  /** Else the laxest target would be the most urgent, or that of another group. */
  @Test
  void aLongStreamWithTheLongestTargetIsDueLateAndWithinItsGroup() {
    RequestSpec spec =
        RequestSpec.draft("lax", "tenant", new int[1], TOKENS).targets(0, DAY_MILLIS).build();
    Tenant tenant = new Tenant(TenantSpec.of("tenant"));
    Request lax = new Request(spec, tenant, ServiceRig.Silent.TEXT, ServiceRig.Silent.NOBODY, 0);
    lax.admit(0, 0, 0, 0);
    Deadlines deadlines = new Deadlines(1, 1);
    long before = 0;
    for (int i = 0; i < TOKENS; i++) {
      long due = deadlines.nextToken(lax);
      assertThat(due).isGreaterThanOrEqualTo(before).isLessThan(1L << 61);
      before = due;
      lax.append(0, i);
    }
  }
}

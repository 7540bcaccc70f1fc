package io.kvasir.scheduler.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.WaitingQueue;
import org.junit.jupiter.api.Test;

/**
 * Queues by tenant while requests of counted tenants are outside, as {@link
 * io.kvasir.scheduler.plan} takes them out for a quota and puts them back: they still wait, so the
 * books' least counter is theirs.
 */
class TenantQueuesTest {
  private final ServiceRig rig =
      new ServiceRig(PolicyKind.FAIR_SLACK, PolicySettings.DEFAULT, 100_000, 100);
  private final WaitingQueue waiting = rig.policy.waiting();

  /** A waiting request of a tenant that was given so much. */
  private Request waits(String tenant, int service) {
    Request request = rig.submit(tenant, 10, 1);
    rig.accounts.served(request, service, 0);
    assertThat(rig.counter(tenant)).isEqualTo(service);
    return request;
  }

  @Test
  void whoIsFarAheadIsTheHeadWhileTheLeastStandsOutside() {
    Request least = waits("least", 0);
    Request more = waits("more", 1000);
    Request most = waits("most", 5000);
    assertThat(waiting.head(rig.now)).isSameAs(least);
    waiting.remove(least);
    assertThat(waiting.head(rig.now)).as("the least of the others").isSameAs(more);
    waiting.remove(more);
    assertThat(waiting.head(rig.now)).isSameAs(most);
    waiting.remove(most);
    assertThat(waiting.head(rig.now)).isNull();
    waiting.add(least);
    waiting.add(more);
    waiting.add(most);
    assertThat(waiting.violations()).isEmpty();
    assertThat(waiting.head(rig.now)).isSameAs(least);
  }

  @Test
  void whoWasPutBackIsSeenWhenTheRunnerUpIsAskedFor() {
    Request least = waits("least", 0);
    Request second = waits("least", 0);
    Request ahead = waits("ahead", 5000);
    waiting.remove(least);
    waiting.remove(second);
    assertThat(waiting.head(rig.now)).isSameAs(ahead);
    waiting.add(least);
    waiting.add(second);
    assertThat(waiting.runnerUp(rig.now)).as("not one that is barred").isSameAs(second);
    assertThat(waiting.head(rig.now)).isSameAs(least);
  }
}

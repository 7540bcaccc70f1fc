package io.kvasir.scheduler.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.request.Request;
import org.junit.jupiter.api.Test;

/** Who gives way to a request of its own tenant. */
class GivingWayTest {
  @Test
  void whoIsDueLongAfterANewcomerGivesWayToItInMemoryWhileTheirTenantIsAlone() {
    ServiceRig rig = new ServiceRig(PolicyKind.FAIR_SLACK, PolicySettings.DEFAULT, 100_000, 1);
    Request stream = rig.submit("t", 10, 200, 200, 0, 0);
    for (int i = 0; i < 60; i++) {
      rig.step();
    }
    Request newcomer = rig.submit("t", 10, 5, 5, 0, 0);
    assertThat(rig.policy.givesWay(stream, newcomer, 0)).isTrue();
    assertThat(rig.policy.givesWay(newcomer, stream, 0)).isFalse();
    assertThat(rig.policy.givesPlace(stream, newcomer)).isFalse();
    rig.submit("u", 10, 5, 5, 0, 0);
    assertThat(rig.policy.givesWay(stream, newcomer, 0)).as("others wait").isFalse();
  }
}

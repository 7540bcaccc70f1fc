package io.kvasir.scheduler.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.tenant.TenantSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is charged, to whom, and when. */
class ServiceAccountsTest {
  private static ServiceRig rig(PolicyKind kind) {
    return new ServiceRig(kind, PolicySettings.DEFAULT, 1000, 4);
  }

  private static void idle(ServiceRig rig) {
    while (rig.table.size() > 0) {
      rig.step();
    }
  }

  @Test
  void anInputTokenCostsOneAndAnOutputTokenTwoByWeight() {
    for (PolicyKind kind : PolicyKind.values()) {
      ServiceRig rig = rig(kind);
      rig.tenant("heavy", 4);
      rig.submit("heavy", 100, 10);
      rig.submit("light", 50, 5);
      idle(rig);
      assertThat(rig.service("heavy")).as("%s", kind).isEqualTo(120.0 / 4);
      assertThat(rig.service("light")).isEqualTo(60);
      assertThat(rig.counter("heavy")).isEqualTo(30);
      assertThat(rig.counter("light")).isEqualTo(60);
    }
  }

  @Test
  void whoComesBackIsLiftedToTheLeastOfThoseThatWait() {
    ServiceRig rig = rig(PolicyKind.VTC);
    rig.submit("away", 10, 1);
    idle(rig);
    for (int i = 0; i < 40; i++) {
      rig.submit("busy", 100, 50);
      rig.submit("busier", 200, 50);
    }
    for (int i = 0; i < 100; i++) {
      rig.step();
    }
    double least = Math.min(rig.counter("busy"), rig.counter("busier"));
    assertThat(least).isGreaterThan(100);
    rig.submit("away", 10, 1);
    assertThat(rig.counter("away")).isEqualTo(least);
  }

  @Test
  void whoComesBackKeepsTheCreditAndARowOfThemNoMore() {
    double credit = PolicySettings.DEFAULT.creditTokens();
    ServiceRig rig = rig(PolicyKind.FAIR_SLACK);
    for (int i = 0; i < 40; i++) {
      rig.submit("busy", 100, 50);
      rig.submit("busier", 200, 50);
    }
    for (int i = 0; i < 400; i++) {
      rig.step();
    }
    double least = Math.min(rig.counter("busy"), rig.counter("busier"));
    assertThat(least).isGreaterThan(credit);
    rig.submit("away", 10, 1);
    double away = rig.counter("away");
    assertThat(away).isBetween(least - credit - 32, least - credit + 500);
    rig.submit("next", 10, 1);
    assertThat(rig.counter("next")).isLessThanOrEqualTo(away);
    for (int i = 0; i < 5; i++) {
      rig.submit("later-" + i, 10, 1);
      assertThat(rig.counter("later-" + i)).isEqualTo(rig.counter("next"));
    }
  }

  @Test
  void withNobodyWaitingItIsLiftedToTheOneThatWaitedLast() {
    ServiceRig rig = rig(PolicyKind.VTC);
    rig.submit("early", 10, 1);
    idle(rig);
    rig.submit("last", 500, 100);
    rig.step();
    assertThat(rig.queued("last")).isZero();
    rig.submit("early", 10, 1);
    assertThat(rig.counter("early")).isEqualTo(rig.counter("last")).isEqualTo(12 + 502);
  }

  @Test
  void whoRunsAllItSentKeepsWhatAnothersPromptWasChargedAhead() {
    ServiceRig rig = rig(PolicyKind.VTC);
    rig.submit("bursts", 10, 50);
    rig.submit("long", 800, 1);
    rig.submit("long", 800, 1);
    rig.step();
    assertThat(rig.queued("bursts")).isZero();
    assertThat(rig.counter("long")).isEqualTo(802);
    rig.submit("bursts", 10, 50);
    assertThat(rig.counter("bursts")).as("what it was given, and no lift").isEqualTo(12);
  }

  @Test
  void aStreamKeptOpenSavesUpNoMoreThanTheLatestStart() {
    ServiceRig rig = rig(PolicyKind.VTC);
    rig.submit("lurker", 1, 90);
    for (int i = 0; i < 4; i++) {
      rig.submit("busy", 800, 1);
    }
    for (int i = 0; i < 3; i++) {
      rig.step();
    }
    assertThat(rig.service("lurker")).isEqualTo(1 + 2 * 3);
    assertThat(rig.counter("busy")).isEqualTo(3 * 802);
    rig.submit("lurker", 1, 1);
    assertThat(rig.counter("lurker")).as("start of the third").isEqualTo(2 * 802);
  }

  @Test
  void aLiftNeverTakesAwayWhatOneHas() {
    ServiceRig rig = rig(PolicyKind.VTC);
    rig.submit("greedy", 900, 50);
    idle(rig);
    rig.submit("modest", 10, 1);
    rig.submit("greedy", 10, 1);
    assertThat(rig.counter("greedy")).isEqualTo(1000);
  }

  @Test
  void preemptedWorkIsNotChargedTwice() {
    ServiceRig rig = new ServiceRig(PolicyKind.PRIORITY, PolicySettings.DEFAULT, 1000, 1);
    Request low = rig.submit("tenant", 100, 20, 20, 0, 0);
    rig.step();
    rig.step();
    rig.submit("other", 10, 3, 3, 5, 0);
    idle(rig);
    assertThat(low.times().preemptions()).isEqualTo(1);
    assertThat(low.times().timing(low.swap().hits()).recomputedTokens()).isPositive();
    assertThat(rig.service("tenant")).isEqualTo(140);
    assertThat(rig.counter("tenant")).isEqualTo(140);
  }

  @Test
  void aCancelledRequestPaysForWhatWasDoneAndIsInFlightAndNoMore() {
    ServiceRig rig = rig(PolicyKind.FAIR_SLACK);
    Request request = rig.submit("tenant", 100, 50, 400, 0, 0);
    rig.step();
    rig.step();
    assertThat(rig.counter("tenant")).isEqualTo(100 + 2 * 2);
    request.planned(1, true, 0);
    rig.cancel(request);
    assertThat(rig.counter("tenant")).isEqualTo(100 + 2 * 2 + 2);
    assertThat(rig.service("tenant")).isEqualTo(100 + 2 * 2 + 2);
    Request waiting = rig.submit("tenant", 100, 50);
    rig.cancel(waiting);
    assertThat(rig.service("tenant")).as("it was given nothing").isEqualTo(106);
  }

  @Test
  void aPromptInFlightIsPaidWhenItsRequestIsCancelled() {
    ServiceRig rig = rig(PolicyKind.VTC);
    Request request = rig.submit("tenant", 100, 5);
    admit(rig, request);
    request.planned(60, false, 0);
    rig.table.remove(request);
    request.finish(0);
    assertThat(rig.counter("tenant")).isEqualTo(60);
    assertThat(rig.service("tenant")).isEqualTo(60);
  }

  @Test
  void aPromptThatIsComputedAgainIsNotPaidAgainWhenItsRequestIsCancelled() {
    ServiceRig rig = rig(PolicyKind.VTC);
    Request request = rig.submit("tenant", 100, 5);
    admit(rig, request);
    request.planned(60, false, 0);
    request.computed(60);
    rig.accounts.served(request, 60, 0);
    rig.table.toWaiting(request, 0);
    request.preempt(0);
    admit(rig, request);
    request.planned(70, false, 0);
    rig.table.remove(request);
    request.finish(0);
    assertThat(rig.service("tenant")).as("ten are in flight for the first time").isEqualTo(70);
    assertThat(rig.counter("tenant")).isEqualTo(70);
  }

  @Test
  void whatAPromptWasChargedIsGivenBackByTheWeightOfThen() {
    ServiceRig rig = rig(PolicyKind.VTC);
    rig.submit("tenant", 500, 1);
    idle(rig);
    Request request = rig.submit("tenant", 100, 5);
    request.tenant().promise(new TenantSpec("tenant", 10, 0, 0));
    admit(rig, request);
    assertThat(rig.counter("tenant")).isEqualTo(502 + 100.0 / 10);
    request.tenant().promise(new TenantSpec("tenant", 0.1, 0, 0));
    rig.table.remove(request);
    request.finish(0);
    assertThat(rig.counter("tenant")).isEqualTo(502);
  }

  private static void admit(ServiceRig rig, Request request) {
    rig.table.toRunning(request);
    request.admit(0, 0, 0, 0);
    rig.accounts.admitted(request);
  }

  @Test
  void whatACacheOrATierHadCostsNothing() {
    ServiceRig rig = rig(PolicyKind.VTC);
    Request request = rig.submit("tenant", 100, 1);
    rig.table.toRunning(request);
    request.admit(0, 2, 32, 0);
    rig.accounts.admitted(request);
    assertThat(rig.counter("tenant")).isEqualTo(68);
    request.restored(80, 48);
    request.planned(20, true, 0);
    request.computed(20);
    rig.accounts.served(request, 20, 0);
    request.sampleArrived();
    request.append(7, 0);
    rig.accounts.served(request, 0, 1);
    assertThat(rig.counter("tenant")).isEqualTo(22);
    assertThat(rig.service("tenant")).isEqualTo(22);
  }

  /** Under the policy that lends a credit as well: none of these has used its own up. */
  @Test
  void tenantsThatWereLongAwayAreForgotten() {
    for (PolicyKind kind : List.of(PolicyKind.VTC, PolicyKind.FAIR_SLACK)) {
      ServiceRig rig = rig(kind);
      for (int i = 0; i < 20_000; i++) {
        rig.submit("tenant-" + i, 10, 1);
        rig.step();
      }
      int known = rig.accounts.snapshot(Integer.MAX_VALUE).size();
      assertThat(known).as("%s", kind).isLessThan(5000);
      assertThat(rig.accounts.snapshot(7)).hasSize(7);
    }
  }

  /** Who owes most is remembered longest. */
  @Test
  void whoUsedMoreThanTheOthersIsNotForgottenForNewNames() {
    ServiceRig rig = rig(PolicyKind.FAIR_SLACK);
    rig.submit("greedy", 900, 50);
    idle(rig);
    for (int i = 0; i < 20_000; i++) {
      rig.submit("tenant-" + i, 10, 1);
      rig.step();
    }
    assertThat(rig.counter("greedy")).isEqualTo(1000);
  }

  @Test
  void aTenantThatWasForgottenAndPromisedAnotherWeightIsChargedByThat() {
    ServiceRig rig = rig(PolicyKind.VTC);
    rig.submit("tenant", 100, 10);
    idle(rig);
    assertThat(rig.counter("tenant")).isEqualTo(120);
    rig.tenant("tenant", 4);
    rig.submit("tenant", 100, 10);
    idle(rig);
    assertThat(rig.counter("tenant")).isEqualTo(120 + 120.0 / 4);
  }
}

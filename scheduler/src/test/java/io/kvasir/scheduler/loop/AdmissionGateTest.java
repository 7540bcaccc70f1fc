package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.link.InProcessLink;
import io.kvasir.scheduler.plan.CacheSecret;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestError.Code;
import io.kvasir.scheduler.request.SubmitResult;
import io.kvasir.scheduler.tenant.EarlyRefusal;
import io.kvasir.scheduler.tenant.FinishRate;
import io.kvasir.scheduler.tenant.Tenant;
import io.kvasir.scheduler.tenant.TenantSettings;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.scheduler.tenant.TenantUsage;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.worker.runner.hash.HashModelRunner;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import io.kvasir.worker.step.StepEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AdmissionGateTest {
  private static final ServingLimits LIMITS = new ServingLimits(100, 10, 4, 50);

  private static RecordedRequest request(String id) {
    return new RecordedRequest(Specs.PLAIN.request(id, new int[] {1, 2, 3}, 5));
  }

  private static AdmissionGate gate(int maxQueued) {
    SchedulerConfig config = SchedulerConfig.builder().maxQueuedRequests(maxQueued).build();
    return new AdmissionGate(config, new Tenants());
  }

  private static Request left(RecordedRequest recorded) {
    return new Request(recorded.spec(), new Tenant(TenantSpec.of("tenant")), recorded, recorded, 0);
  }

  @Test
  void threadsTogetherNeverExceedTheQueue() throws Exception {
    AdmissionGate gate = gate(50);
    gate.serve(LIMITS);
    AtomicInteger entered = new AtomicInteger();
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      String name = "request-" + t + "-";
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  start.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                for (int i = 0; i < 500; i++) {
                  entered.addAndGet(gate.enter(request(name + i).spec(), 0) == null ? 1 : 0);
                }
              }));
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(entered.get()).isEqualTo(50);
    assertThat(gate.queuedRequests()).isEqualTo(50);
  }

  @Test
  void placesAndIdsReturnWhenRequestsLeave() {
    AdmissionGate gate = gate(1);
    gate.serve(LIMITS);
    RecordedRequest recorded = request("request");
    assertThat(gate.enter(recorded.spec(), 0)).isNull();
    assertThat(gate.enter(request("other").spec(), 0))
        .extracting("code")
        .isEqualTo(Code.RESOURCE_EXHAUSTED);
    gate.onLeft(left(recorded), 0);
    assertThat(gate.isEmpty()).isTrue();
    assertThat(gate.queuedRequests()).isZero();
    assertThat(gate.enter(recorded.spec(), 0)).isNull();
  }

  @Test
  void anAbortBelongsToOneRequestAndNotToItsId() {
    AdmissionGate gate = gate(10);
    gate.serve(LIMITS);
    RecordedRequest recorded = request("request");
    gate.enter(recorded.spec(), 0);
    AdmissionGate.Ticket ticket = gate.find("request", "tenant");
    assertThat(ticket).isNotNull();
    if (ticket != null) {
      assertThat(ticket.claimAbort()).isTrue();
      assertThat(ticket.claimAbort()).isFalse();
      assertThat(gate.abortWanted("request")).isTrue();
      gate.onLeft(left(recorded), 0);
      gate.enter(recorded.spec(), 0);
      assertThat(gate.holds("request", ticket)).isFalse();
    }
    assertThat(gate.abortWanted("request")).isFalse();
  }

  @Test
  void retryHintsFollowTheFinishRateWithinBounds() {
    FinishRate rate = new FinishRate();
    assertThat(rate.retryMillis(8)).isEqualTo(FinishRate.UNKNOWN_RETRY_MILLIS);
    rate.began(0);
    for (int i = 0; i < 100; i++) {
      rate.began(i * 500_000_000L);
      rate.finished(i * 500_000_000L);
    }
    assertThat(rate.retryMillis(0)).isEqualTo(500);
    assertThat(rate.retryMillis(32)).isEqualTo(2000);
    assertThat(rate.retryMillis(1 << 20)).isEqualTo(FinishRate.MAX_RETRY_MILLIS);
    for (int i = 0; i < 100; i++) {
      rate.began(50_000_000_000L + i);
      rate.finished(50_000_000_000L + i);
    }
    assertThat(rate.retryMillis(0)).isEqualTo(FinishRate.MIN_RETRY_MILLIS);
  }

  /** While the request is on its way, the tenant that had the room to be remembered goes idle. */
  @Test
  void aRequestIsServedAsTheTenantThatItWasLetInAs() throws Exception {
    TenantSettings settings =
        new TenantSettings(List.of(), TenantSpec.of("any"), true, 1, EarlyRefusal.OFF);
    Tenants tenants = new Tenants(settings);
    TenantUsage busy = tenants.of("busy").usage();
    assertThat(busy.hold()).isTrue();
    SchedulerConfig config = SchedulerConfig.builder().limits(100, 8, 16).build();
    SchedulerLoop loop =
        new SchedulerLoop(
            config, tenants, SchedulerEvents.NONE, System::nanoTime, CacheSecret.NONE);
    try (HashModelRunner runner = new HashModelRunner(new HashRunnerConfig(60, 64, 4, 40, 64));
        InProcessLink _ = InProcessLink.connect(new StepEngine(runner, 8), "worker", loop)) {
      RecordedRequest request = request("request");
      assertThat(loop.submit(request.spec(), request, request))
          .isEqualTo(new SubmitResult.Accepted());
      busy.refuse();
      loop.start();
      request.awaitEnd();
      loop.close(Duration.ZERO);
      assertThat(loop.status().tenants()).extracting("tenant").containsExactly(Tenants.OTHERS);
      assertThat(tenants.find("tenant")).as("it holds no place").isNull();
    }
  }
}

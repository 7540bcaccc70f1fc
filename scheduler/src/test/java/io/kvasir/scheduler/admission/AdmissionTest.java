package io.kvasir.scheduler.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.request.RefusalReason;
import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.request.RequestError.Code;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.tenant.EarlyRefusal;
import io.kvasir.scheduler.tenant.Rate;
import io.kvasir.scheduler.tenant.TenantDraft;
import io.kvasir.scheduler.tenant.TenantSettings;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.scheduler.tenant.TenantUsage;
import io.kvasir.scheduler.tenant.Tenants;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In virtual time. */
@Timeout(60)
class AdmissionTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final Tenants tenants = new Tenants();
  private Admission admission = new Admission(tenants, 100, BacklogOrder.ARRIVAL);
  private long now;

  private static TenantDraft draft() {
    return TenantSpec.of("a").toDraft();
  }

  private AdmissionResult enter(String tenant, int prompt, int maxTokens) {
    return enter(tenant, prompt, maxTokens, 0, 0, Long.MAX_VALUE);
  }

  private AdmissionResult enter(
      String tenant, int prompt, int maxTokens, int priority, int ttftMillis, long deadlineNanos) {
    RequestSpec spec =
        RequestSpec.draft("request", tenant, new int[prompt], maxTokens)
            .priority(priority)
            .targets(ttftMillis, 0)
            .arrivalNanos(now)
            .deadlineNanos(deadlineNanos)
            .build();
    return admission.enter(spec, now);
  }

  private Pass in(String tenant) {
    return granted(enter(tenant, 10, 10));
  }

  private static Pass granted(AdmissionResult result) {
    assertThat(result).isInstanceOf(AdmissionResult.Granted.class);
    return ((AdmissionResult.Granted) result).pass();
  }

  private static RequestError refused(AdmissionResult result, RefusalReason reason) {
    assertThat(result).isInstanceOf(AdmissionResult.Refused.class);
    RequestError error = ((AdmissionResult.Refused) result).error();
    assertThat(error.reason()).isEqualTo(reason);
    return error;
  }

  private void over(Pass pass, int usedTokens) {
    admission.scheduled(pass);
    admission.left(pass, usedTokens, 0, now);
  }

  @Test
  void theRequestRateIsExactAndSaysWhenToComeAgain() {
    tenants.put(draft().requests(new Rate(5, 3)).build());
    int let = 0;
    long end = 60 * SECOND;
    while (now < end) {
      switch (enter("a", 1, 1)) {
        case AdmissionResult.Granted granted -> {
          let++;
          over(granted.pass(), 2);
        }
        case AdmissionResult.Refused refused -> {
          assertThat(refused.error().reason()).isEqualTo(RefusalReason.REQUEST_RATE);
          assertThat(refused.error().code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
          assertThat(refused.error().message())
              .contains("tenant a", "requests_per_second is 5", "request_burst 3");
          assertThat(refused.error().retryAfterMillis()).isEqualTo(200);
          now += refused.error().retryAfterMillis() * MILLI;
        }
      }
    }
    assertThat(let).isEqualTo(3 + 5 * 60 - 1);
    assertThat(tenants.of("a").usage().figures(tenants.of("a").spec(), now).acceptedRequests())
        .isEqualTo(let);
  }

  @Test
  void tokensAreChargedOnEntryAndCorrectedAtTheEnd() {
    tenants.put(draft().tokens(new Rate(100, 1000)).build());
    Pass first = granted(enter("a", 400, 600));
    RequestError error = refused(enter("a", 10, 40), RefusalReason.TOKEN_RATE);
    assertThat(error.message()).contains("50 tokens", "tokens_per_second is 100");
    assertThat(error.retryAfterMillis()).isEqualTo(500);
    over(first, 450);
    Pass second = granted(enter("a", 10, 540));
    assertThat(refused(enter("a", 1, 0), RefusalReason.TOKEN_RATE).retryAfterMillis())
        .isEqualTo(10);
    admission.left(second, 0, 0, now);
    granted(enter("a", 10, 540));
  }

  @Test
  void aRefusedRequestIsChargedNothing() {
    tenants.put(draft().requests(new Rate(1, 10)).tokens(new Rate(1, 100)).build());
    granted(enter("a", 50, 50));
    refused(enter("a", 50, 50), RefusalReason.TOKEN_RATE);
    assertThat(tenants.of("a").usage().figures(tenants.of("a").spec(), now).requestsLeft())
        .isEqualTo(9);
    assertThat(tenants.of("a").usage().concurrent()).isEqualTo(1);
  }

  @Test
  void concurrencyCountsFromAcceptanceToTheEnd() {
    tenants.put(draft().maxConcurrent(2).build());
    Pass first = in("a");
    in("a");
    admission.scheduled(first);
    RequestError error = refused(enter("a", 1, 1), RefusalReason.CONCURRENCY);
    assertThat(error.message())
        .contains("2 requests in the system", "max_concurrent_requests is 2");
    assertThat(error.retryAfterMillis()).isPositive();
    in("b");
    admission.left(first, 20, 0, now);
    in("a");
  }

  @Test
  void whatAnotherThreadIsLookingAtIsNotInTheSystem() {
    tenants.put(draft().maxConcurrent(1).build());
    assertThat(tenants.of("a").usage().hold()).isTrue();
    in("a");
    refused(enter("a", 1, 1), RefusalReason.CONCURRENCY);
  }

  @Test
  void aTenantsOwnQueueIsBounded() {
    tenants.put(draft().maxQueued(2).build());
    Pass first = in("a");
    in("a");
    assertThat(refused(enter("a", 1, 1), RefusalReason.TENANT_QUEUE).message())
        .contains("max_queued_requests is 2");
    admission.scheduled(first);
    in("a");
  }

  @Test
  void anUnknownTenantIsRefusedWhereThatIsConfigured() {
    Tenants closed =
        new Tenants(
            new TenantSettings(
                List.of(TenantSpec.of("a")), TenantSpec.of("any"), false, 10, EarlyRefusal.OFF));
    admission = new Admission(closed, 100, BacklogOrder.ARRIVAL);
    in("a");
    RequestError error = refused(enter("stranger", 1, 1), RefusalReason.UNKNOWN_TENANT);
    assertThat(error.code()).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(error.message()).contains("tenant_id: tenant stranger");
    assertThat(error.retryAfterMillis()).isZero();
  }

  @Test
  void aChangeHoldsForTheNextRequest() {
    in("a");
    in("a");
    tenants.put(draft().maxConcurrent(1).build());
    refused(enter("a", 1, 1), RefusalReason.CONCURRENCY);
    tenants.put(draft().requests(new Rate(1, 1)).build());
    in("a");
    refused(enter("a", 1, 1), RefusalReason.REQUEST_RATE);
    tenants.delete("a");
    in("a");
  }

  @Test
  void anIdleServerRefusesNothingAsHopeless() {
    tenants.put(draft().earlyRefusal(EarlyRefusal.ON).build());
    admission.measured(1e9, 0);
    Pass pass = granted(enter("a", 1000, 1, 0, 1, now + MILLI));
    over(pass, 1000);
    granted(enter("a", 1000, 1, 0, 1, now + MILLI));
  }

  @Test
  void whatTheBacklogMakesTooLateIsRefusedWithAHint() {
    tenants.put(draft().earlyRefusal(EarlyRefusal.ON).build());
    over(granted(enter("a", 100, 1)), 101);
    admission.measured(1e6, 300);
    granted(enter("a", 2000, 1));
    RequestError ttft = refused(enter("a", 10, 1, 0, 500, Long.MAX_VALUE), RefusalReason.TTFT);
    assertThat(ttft.message())
        .isEqualTo("ttft_ms 500 cannot be met: about 2,300 ms of work is queued before it");
    assertThat(ttft.retryAfterMillis()).isEqualTo(1800);
    RequestError deadline =
        refused(enter("a", 10, 1, 0, 0, now + 800 * MILLI), RefusalReason.DEADLINE);
    assertThat(deadline.message()).contains("deadline in 800 ms", "about 2,300 ms of work");
    assertThat(deadline.retryAfterMillis()).isEqualTo(1500);
    granted(enter("a", 10, 1, 0, 2400, now + 2400 * MILLI));
    granted(enter("a", 10, 1));
  }

  @Test
  void targetsAloneRefuseOnlyWhereThatIsWanted() {
    over(granted(enter("a", 100, 1)), 101);
    admission.measured(1e6, 5000);
    granted(enter("a", 10, 1, 0, 500, Long.MAX_VALUE));
    refused(enter("a", 10, 1, 0, 0, now + 800 * MILLI), RefusalReason.DEADLINE);
    tenants.put(draft().earlyRefusal(EarlyRefusal.OFF).build());
    granted(enter("a", 10, 1, 0, 500, now + 800 * MILLI));
  }

  @Test
  void cachedPromptsWaitForLess() {
    Pass cached = granted(enter("a", 1000, 1));
    admission.scheduled(cached);
    admission.left(cached, 1001, 900, now);
    admission.measured(1e6, 0);
    granted(enter("a", 1000, 1));
    granted(enter("a", 10, 1, 0, 0, now + 101 * MILLI));
    refused(enter("a", 10, 1, 0, 0, now + 99 * MILLI), RefusalReason.DEADLINE);
  }

  @Test
  void onlyWhatIsServedBeforeItCounts() {
    admission = new Admission(tenants, 100, BacklogOrder.PRIORITY);
    over(granted(enter("a", 100, 1)), 101);
    admission.measured(1e6, 9999);
    granted(enter("a", 1000, 1, -5, 0, Long.MAX_VALUE));
    granted(enter("a", 10, 1, 0, 0, now + 500 * MILLI));
    refused(enter("a", 10, 1, -5, 0, now + 500 * MILLI), RefusalReason.DEADLINE);

    admission = new Admission(tenants, 100, BacklogOrder.SHARES);
    over(granted(enter("a", 100, 1)), 101);
    admission.measured(1e6, 0);
    granted(enter("flood", 5000, 1));
    granted(enter("b", 100, 1, 0, 0, now + 500 * MILLI));
    granted(enter("b", 100, 1, 0, 0, now + 500 * MILLI));
    refused(enter("b", 100, 1, 0, 0, now + 350 * MILLI), RefusalReason.DEADLINE);
  }

  @Test
  void threadsTogetherNeverExceedATenantsBounds() throws Exception {
    tenants.put(draft().maxConcurrent(30).maxQueued(20).build());
    tenants.put(draft().build().as("b"));
    AtomicInteger most = new AtomicInteger();
    Phaser start = new Phaser(4);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      String tenant = t % 2 == 0 ? "a" : "b";
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                start.arriveAndAwaitAdvance();
                List<Pass> passes = new ArrayList<>();
                for (int i = 0; i < 2000; i++) {
                  if (enter(tenant, 3, 3) instanceof AdmissionResult.Granted(Pass pass)) {
                    passes.add(pass);
                  }
                  int inside = tenant.equals("a") ? tenants.of("a").usage().concurrent() : 0;
                  most.accumulateAndGet(inside, Math::max);
                  if (i % 3 == 0 && !passes.isEmpty()) {
                    over(passes.removeFirst(), 3);
                  }
                }
                passes.forEach(pass -> over(pass, 3));
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    // One that was scheduled counts until it has left.
    assertThat(most.get()).isBetween(20, 22);
    assertThat(admission.queuedRequests()).isZero();
    for (String tenant : List.of("a", "b")) {
      TenantUsage usage = tenants.of(tenant).usage();
      assertThat(List.of(usage.concurrent(), usage.queued())).containsOnly(0);
      assertThat(usage.queuedTokens()).isZero();
      assertThat(usage.waitingWeight()).isZero();
    }
  }
}

package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.plan.CacheSecret;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.worker.runner.hash.HashModelRunner;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import io.kvasir.worker.step.StepEngine;
import io.kvasir.worker.step.StepPlan;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Gate and core in one thread and virtual time: one tenant floods, the other must not notice. */
class OverloadTest {
  private static final int VOCABULARY = 60;
  private static final HashRunnerConfig WORKER = new HashRunnerConfig(VOCABULARY, 64, 4, 60, 32);
  private static final int QUEUE = 90;
  private static final int ROUNDS = 3_000;

  @Test
  void aTenantWithinItsShareIsNeverRefusedWhileAnotherSendsTwentyTimesIts() {
    for (long seed = 0; seed < 4; seed++) {
      flood(seed);
    }
  }

  private static void flood(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    SchedulerConfig config = SchedulerConfig.builder().limits(QUEUE, 8, 32).build();
    Tenants tenants = new Tenants();
    tenants.put(new TenantSpec("modest", 1, 0, 0));
    tenants.put(new TenantSpec("flood", 1, 0, 0));
    AdmissionGate gate = new AdmissionGate(config, tenants);
    SchedulerCore core =
        new SchedulerCore(config, tenants, SchedulerEvents.NONE, CacheSecret.NONE, gate);
    List<RecordedRequest> let = new ArrayList<>();
    Map<RequestError.Code, Integer> floodRefused = new EnumMap<>(RequestError.Code.class);
    int sent = 0;
    try (HashModelRunner runner = new HashModelRunner(WORKER)) {
      StepEngine engine = new StepEngine(runner, 8);
      core.workerConnected(engine.info("worker"), 0);
      gate.serve(ServingLimits.of(engine.info("worker")));
      for (long now = 0; now < ROUNDS; now++) {
        for (int i = 0; i < 20; i++) {
          RequestError refusal =
              send("flood", "flood-" + now + "-" + i, gate, core, let, random, now);
          if (refusal != null) {
            floodRefused.merge(refusal.code(), 1, Integer::sum);
            assertThat(refusal.retryAfterMillis()).isPositive();
          }
        }
        if (tenants.of("modest").usage().queued() < QUEUE / 3) {
          sent++;
          assertThat(send("modest", "modest-" + now, gate, core, let, random, now))
              .as("seed %d, request %d of the modest tenant", seed, sent)
              .isNull();
        }
        assertThat(gate.queuedRequests()).isLessThanOrEqualTo(QUEUE);
        step(core, engine, now);
      }
      long now = ROUNDS;
      while (step(core, engine, now)) {
        now++;
      }
    }
    assertThat(gate.isEmpty()).isTrue();
    assertThat(core.violations()).isEmpty();
    assertThat(sent).isGreaterThan(100);
    assertThat(floodRefused).containsOnlyKeys(RequestError.Code.RESOURCE_EXHAUSTED);
    assertThat(floodRefused.get(RequestError.Code.RESOURCE_EXHAUSTED)).isGreaterThan(ROUNDS);
    assertThat(let)
        .allSatisfy(request -> assertThat(request.end().reason()).isEqualTo(FinishReason.LENGTH));
  }

  private static @Nullable RequestError send(
      String tenant,
      String id,
      AdmissionGate gate,
      SchedulerCore core,
      List<RecordedRequest> let,
      SplittableRandom random,
      long now) {
    int[] prompt = Specs.prompt(random.nextInt(50), 1 + random.nextInt(20), VOCABULARY);
    RecordedRequest request =
        new RecordedRequest(
            Specs.PLAIN.tenant(tenant).arrival(now).request(id, prompt, 1 + random.nextInt(10)));
    RequestError refusal = gate.enter(request.spec(), now);
    if (refusal == null) {
      core.submit(request.spec(), request, request, now);
      let.add(request);
    }
    return refusal;
  }

  private static boolean step(SchedulerCore core, StepEngine engine, long now) {
    StepPlan plan = core.plan(now);
    if (plan != null) {
      core.apply(engine.execute(plan), now);
    }
    return plan != null;
  }
}

package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.evict.EvictionKind;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.scheduler.plan.ResumeBound;
import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.tenant.TenantDraft;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * One random sequence of operations on a random configuration, all from one seed: arrivals, plans,
 * results, aborts, deadlines, lost workers, failed steps and changed promises, with every invariant
 * checked after each. At the end every request's output is compared with the sequential oracle.
 */
final class RandomScenario {
  private static final int GRACE_MILLIS = 1;
  private final SplittableRandom random;
  private final SplittableRandom changes; // dice of its own: a seed stays what it was otherwise
  private final boolean disturbed;
  private final boolean operators;
  private final int vocabularySize;
  private final int blockTokens;
  private final int contextLength;
  private final int blockCount;
  private final boolean growing;
  private final SchedulerConfig config;
  private final Tenants tenants;
  private final SequentialOracle oracle;
  private final TestTiers tiers;
  private final SessionDice sessions;
  private SchedulerStatus status = SchedulerStatus.NO_WORKER;
  private int preemptions;

  /** A scenario; if {@code disturbed}, more than scheduling ends requests. */
  RandomScenario(long seed, boolean disturbed) {
    this.random = new SplittableRandom(seed);
    this.changes = new SplittableRandom(~seed);
    this.operators = changes.nextInt(4) == 0;
    this.disturbed = disturbed;
    this.vocabularySize = 4 + random.nextInt(random.nextBoolean() ? 8 : 200);
    this.blockTokens = 1 + random.nextInt(8);
    this.contextLength = 8 + random.nextInt(56);
    this.blockCount = 2 + random.nextInt(random.nextBoolean() ? 12 : 40);
    this.growing = random.nextInt(3) > 0;
    this.sessions = new SessionDice(random.split());
    this.config =
        SchedulerConfig.builder()
            .maxQueuedRequests(1000)
            .maxRunningRequests(1 + random.nextInt(12))
            .maxStepTokens(random.nextBoolean() ? 1 + random.nextInt(8) : 1 + random.nextInt(512))
            .maxPlansInFlight(1 + random.nextInt(2))
            .policy(List.of(PolicyKind.values()).get(random.nextInt(PolicyKind.values().length)))
            .policySettings(RandomSettings.of(random))
            .prefixCaching(random.nextInt(4) > 0)
            .eviction(random.nextInt(4) > 0 ? EvictionKind.LRU : EvictionKind.VALUE)
            .preemption(random.nextInt(4) > 0 ? PreemptionMode.AUTO : PreemptionMode.SWAP)
            .resumeBound(new ResumeBound(1 + random.nextInt(3), 1))
            .copyPatienceMillis(1000)
            .probeWaitMillis(random.nextInt(3))
            .loadPartBlocks(1 + random.nextInt(4))
            .keepCopies(random.nextInt(6) > 0)
            .workerGraceMillis(GRACE_MILLIS)
            .stuckMillis(1000)
            .sessions(sessions.config())
            .build();
    this.tenants = new Tenants();
    for (int i = 0; i < 2; i++) {
      promise(i, random);
    }
    this.oracle = new SequentialOracle(vocabularySize, blockTokens);
    List<TierSpec> specs = tierSpecs();
    boolean shared = specs.stream().anyMatch(spec -> spec.kind() == TierKind.REMOTE);
    boolean others = shared && random.nextInt(3) == 0;
    Map<TestTiers.Hash, TestTiers.Stored> server = others ? storeElsewhere() : new HashMap<>();
    this.tiers = new TestTiers(specs, random.split(), disturbed, server);
  }

  /** Promises one of the two tenants something, as an operator may at any time. */
  private void promise(int number, SplittableRandom dice) {
    long quota = dice.nextBoolean() ? 0 : 1 + dice.nextInt(blockCount);
    long blockBytes = (long) blockTokens * Long.BYTES;
    TenantDraft tenant = TenantSpec.of("tenant-" + number).toDraft();
    tenant.deviceKvBytes(quota * blockBytes);
    tenant.maxStepTokens(dice.nextInt(3) > 0 ? 0 : 1 + dice.nextInt(8));
    for (TierKind kind : TierKind.values()) {
      tenant.tierKvBytes(kind, Math.max(0, dice.nextInt(60) - 40) * blockBytes);
    }
    tenants.put(tenant.build());
  }

  /** What another instance with the same model computed and left on the server. */
  private Map<TestTiers.Hash, TestTiers.Stored> storeElsewhere() {
    Map<TestTiers.Hash, TestTiers.Stored> server = new HashMap<>();
    TierSpec spec = TestTiers.spec(TierKind.REMOTE, 100, true, true, 1L << 30);
    TestTiers others = new TestTiers(List.of(spec), random.split(), false, server);
    HashRunnerConfig worker =
        new HashRunnerConfig(vocabularySize, contextLength, blockTokens, 100, 512);
    try (CoreHarness harness = new CoreHarness(SchedulerConfig.DEFAULT, worker, 4, others)) {
      for (int i = 0; i < 3; i++) {
        int length = 1 + random.nextInt(contextLength - 1);
        int[] prompt = Specs.prompt(i, length, vocabularySize);
        Specs specs = Specs.PLAIN.tenant("tenant-" + random.nextInt(2)).arrival(harness.now);
        harness.submit(new RecordedRequest(specs.request("other-" + i, prompt, 1)));
        harness.runUntilIdle(1000);
      }
    }
    return server;
  }

  private List<TierSpec> tierSpecs() {
    List<TierSpec> specs = new ArrayList<>();
    for (TierKind kind : TierKind.values()) {
      if (random.nextBoolean()) {
        int slots = 1 + random.nextInt(random.nextBoolean() ? 8 : 60);
        long speed = 1L << (20 + random.nextInt(14));
        specs.add(TestTiers.spec(kind, slots, random.nextBoolean(), random.nextInt(4) > 0, speed));
      }
    }
    return specs;
  }

  /** The tiers, with their counts. */
  TestTiers tiers() {
    return tiers;
  }

  /** The state at the end. */
  SchedulerStatus status() {
    return status;
  }

  /** Preemptions that happened. */
  int preemptions() {
    return preemptions;
  }

  void run(int operations) {
    HashRunnerConfig worker =
        new HashRunnerConfig(vocabularySize, contextLength, blockTokens, blockCount, 512);
    int slots = 1 + random.nextInt(12);
    try (CoreHarness harness = new CoreHarness(config, tenants, worker, slots, tiers)) {
      // Slow enough, and the next plan is not made before a step is about to end.
      harness.nanosPerToken = random.nextInt(4) > 0 ? 1000 : 1_000_000;
      for (int i = 0; i < operations; i++) {
        operate(harness);
      }
      harness.runUntilIdle(20_000);
      harness.requests.forEach(this::checkEnd);
      sessions.endAll(harness);
      status = harness.status();
      assertThat(harness.watch.failures())
          .as("a failed step takes at most the one planned on its success with it")
          .isLessThanOrEqualTo(2 * harness.failedSteps);
      assertThat(status.totals().resumeBoundExceeded()).isZero();
      UsageCheck.quotas(operators ? SchedulerStatus.NO_WORKER : status);
      SchedulerStatus.BlockCounts blocks = status.blocks();
      assertThat(blocks.owned()).isZero();
      assertThat(blocks.free() + blocks.cached()).isEqualTo(blocks.total());
      assertThat(blocks.inFlight()).isZero();
      preemptions = harness.watch.preemptions;
    }
  }

  private void operate(CoreHarness harness) {
    if (operators && changes.nextInt(40) == 0) {
      promise(changes.nextInt(2), changes);
    }
    int dice = random.nextInt(100);
    if (dice < 25) {
      submit(harness);
    } else if (dice < 55) {
      harness.plan();
    } else if (dice < 80) {
      harness.execute();
    } else if (dice < 90) {
      harness.copy();
    } else if (dice < 93) {
      // Now and then for longer than anybody waits for a server's answer.
      harness.now += random.nextInt(random.nextInt(4) == 0 ? 10_000_000 : 2000);
      harness.expire();
    } else if (dice < 95) {
      if (random.nextInt(4) > 0) {
        sessions.change(harness);
      } else {
        sessions.sleep(harness);
      }
    } else if (disturbed) {
      disturb(harness, dice);
    }
  }

  private void disturb(CoreHarness harness, int dice) {
    if (dice < 97) {
      if (!harness.requests.isEmpty()) {
        int any = random.nextInt(harness.requests.size());
        harness.abort(harness.requests.get(any).spec().requestId());
      }
    } else if (dice < 98) {
      harness.failNextStep();
    } else if (harness.connected()) {
      harness.loseWorker();
      if (random.nextInt(4) == 0) {
        harness.now += GRACE_MILLIS * 1_000_000L;
        harness.expire();
      }
    } else {
      harness.connect();
    }
  }

  private void submit(CoreHarness harness) {
    int most = Math.min(contextLength, blockCount * blockTokens + 1);
    // Short prompts with long answers grow against each other until blocks run out.
    int length = 1 + random.nextInt(Math.min(most - 1, growing ? 6 : most));
    int maxTokens = growing ? most - length : 1 + random.nextInt(Math.min(most - length, 12));
    int[] prompt = Specs.prompt(random.nextInt(3), length, vocabularySize);
    if (random.nextBoolean()) {
      prompt[random.nextInt(length)] = random.nextInt(vocabularySize);
    }
    Specs specs =
        Specs.PLAIN
            .tenant(sessions.tenant())
            .priority(random.nextInt(3))
            .allowLossyKv(random.nextInt(4) == 0)
            .arrival(harness.now);
    if (random.nextInt(3) == 0) {
      specs = specs.stopTokens(random.nextInt(vocabularySize), random.nextInt(vocabularySize));
    }
    if (disturbed && random.nextInt(6) == 0) {
      specs = specs.deadline(harness.now + 1 + random.nextInt(4000));
    }
    int stopString =
        random.nextInt(4) == 0 ? random.nextInt(vocabularySize) : RecordedRequest.NO_STOP_STRING;
    specs = sessions.turn(specs);
    String id = "request-" + harness.requests.size();
    assertThat(limits().refusal(specs.request(id, prompt, maxTokens))).isNull();
    harness.submit(new RecordedRequest(specs.request(id, prompt, maxTokens), stopString));
  }

  private ServingLimits limits() {
    return new ServingLimits(contextLength, blockCount, blockTokens, vocabularySize);
  }

  private void checkEnd(RecordedRequest request) {
    FinishedEvent end = request.end();
    if (request.spec().allowLossyKv() && tiers.lossy > 0) {
      // Its KV may have gone through a lossy tier: any tokens are right.
      assertThat(request.tokens().length).isLessThanOrEqualTo(request.spec().maxTokens());
      checkUsage(request, end);
      return;
    }
    SequentialOracle.Outcome expected = oracle.outcome(request);
    int[] tokens = request.tokens();
    if (end.reason() == FinishReason.STOP || end.reason() == FinishReason.LENGTH) {
      assertThat(tokens).as("tokens of %s", request.spec()).isEqualTo(expected.tokens());
      assertThat(end.reason()).isEqualTo(expected.reason());
      assertThat(request.text()).isEqualTo(expected.text());
      assertThat(end.error()).isNull();
    } else {
      assertThat(disturbed).as("%s without a disturbance", end).isTrue();
      assertThat(tokens).isEqualTo(Arrays.copyOf(expected.tokens(), tokens.length));
      assertThat(tokens.length).isLessThan(expected.tokens().length);
      assertThat(end.reason() == FinishReason.ERROR).isEqualTo(end.error() != null);
    }
    checkUsage(request, end);
    sessions.checkEnd(request, end);
    RequestError error = end.error();
    if (error != null) {
      assertThat(error.code()).isIn(RequestError.Code.INTERNAL, RequestError.Code.UNAVAILABLE);
    }
  }

  private void checkUsage(RecordedRequest request, FinishedEvent end) {
    assertThat(end.promptTokens()).isEqualTo(request.spec().promptTokenIds().length);
    assertThat(end.completionTokens()).isEqualTo(request.tokens().length);
    UsageCheck.hits(end, tiers.specs(), blockTokens);
    if (!config.prefixCaching()) {
      assertThat(end.cachedTokens()).isZero();
    }
    if (!disturbed && end.timing().preemptions() == 0) {
      assertThat(end.timing().recomputedTokens()).isZero();
    }
  }
}

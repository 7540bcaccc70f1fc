package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.plan.CacheSecret;
import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.worker.runner.hash.HashModelRunner;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import io.kvasir.worker.step.NewRequest;
import io.kvasir.worker.step.ScheduledRequest;
import io.kvasir.worker.step.StepEngine;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.StepResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How soon a request is computed that comes while others fill every step. */
class NewcomersTest {
  private static final int VOCABULARY = 1000;
  private static final int STEP_TOKENS = 512;
  private static final long PER_TOKEN = 100_000;
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000_000_000;

  private final HashModelRunner runner =
      new HashModelRunner(new HashRunnerConfig(VOCABULARY, 4096, 16, 8192, STEP_TOKENS));
  private final StepEngine engine = new StepEngine(runner, 512);
  private final Queue<StepPlan> sent = new ArrayDeque<>();
  private final Map<Integer, String> slots = new HashMap<>();
  private final List<RecordedRequest> requests = new ArrayList<>();
  private SchedulerCore core = core(PolicyKind.FAIR_SLACK, 64);
  private long fixedNanos = MILLI;
  private long now;
  private long stepEnds;
  private int submitted;

  private SchedulerCore core(PolicyKind policy, int slots) {
    SchedulerConfig config =
        SchedulerConfig.builder().limits(1000, slots, STEP_TOKENS).policy(policy).build();
    SchedulerCore made =
        new SchedulerCore(config, new Tenants(), SchedulerEvents.NONE, CacheSecret.NONE);
    made.workerConnected(engine.info("worker"), 0);
    return made;
  }

  @AfterEach
  void close() {
    runner.close();
  }

  private void submit(String tenant, int promptTokens, int maxTokens) {
    Specs specs = Specs.PLAIN.tenant(tenant).arrival(now);
    int[] prompt = Specs.prompt(submitted, promptTokens, VOCABULARY);
    String id = tenant + "-" + submitted++;
    RecordedRequest request = new RecordedRequest(specs.request(id, prompt, maxTokens));
    requests.add(request);
    core.submit(request.spec(), request, request, now);
  }

  /** Plans, if there is anything to send now; the tokens by tenant, or null. */
  private @Nullable Map<String, Integer> plan() {
    StepPlan plan = core.plan(now);
    assertThat(core.violations()).isEmpty();
    if (plan == null) {
      return null;
    }
    for (NewRequest request : plan.newRequests()) {
      slots.put(request.slot(), request.requestId().replaceAll("-.*", ""));
    }
    Map<String, Integer> tokens = new HashMap<>();
    for (ScheduledRequest request : plan.scheduled()) {
      tokens.merge(slots.getOrDefault(request.slot(), "?"), request.tokenCount(), Integer::sum);
    }
    stepEnds = Math.max(now, stepEnds) + nanos(plan);
    sent.add(plan);
    return tokens;
  }

  private long nanos(StepPlan plan) {
    return fixedNanos + PER_TOKEN * plan.tokenCount();
  }

  /** The oldest plan's step ends. */
  private void endStep() {
    StepPlan plan = sent.remove();
    StepResult result = engine.execute(plan);
    long nanos = nanos(plan);
    now = sent.isEmpty() ? stepEnds : stepEnds - nanos(sent.element());
    core.apply(new StepResult(result.stepId(), result.tokens(), nanos, result.failure()), now);
    assertThat(core.violations()).isEmpty();
  }

  /** Plans and steps as the loop has it; the tokens by tenant of the last plan. */
  private Map<String, Integer> run(int steps) {
    Map<String, Integer> last = Map.of();
    for (int i = 0; i < steps; i++) {
      for (Map<String, Integer> next = plan(); next != null; next = plan()) {
        last = next;
      }
      if (sent.size() == 1 && core.nextWakeNanos() < stepEnds) {
        now = core.nextWakeNanos();
        Map<String, Integer> next = plan();
        last = next == null ? last : next;
      }
      endStep();
    }
    return last;
  }

  private void flood(int requests) {
    for (int i = 0; i < requests; i++) {
      submit("flood", 300, 40);
    }
  }

  /** The shortest step known is one token, 0.2 ms. */
  private void floodWhereStepsCostWhatTheyCompute() {
    fixedNanos = MILLI / 10;
    submit("flood", 8, 20);
    run(6);
    flood(200);
  }

  @Test
  void thePlanBehindALongStepIsMadeShortlyBeforeItEndsWithWhoeverCameUntilThen() {
    flood(100);
    run(6);
    while (plan() != null) {}
    assertThat(sent).hasSize(1);
    long wake = core.nextWakeNanos();
    assertThat(stepEnds - wake).isBetween(MILLI, 12 * MILLI);
    now = wake - 1;
    assertThat(plan()).isNull();
    submit("modest", 100, 10);
    now = wake;
    assertThat(plan()).containsEntry("modest", 100);
    assertThat(plan()).as("two plans are under way").isNull();
    assertThat(core.nextWakeNanos()).as("nothing to wake up for").isGreaterThan(stepEnds);
  }

  @Test
  void behindShortStepsPlansAreMadeAtOnce() {
    fixedNanos = MILLI / 10;
    submit("chat", 20, 100);
    run(4);
    assertThat(plan()).isNotNull();
    assertThat(sent).as("two plans are under way").hasSize(2);
  }

  @Test
  void beforeAnythingWasMeasuredPlansAreMadeAtOnce() {
    flood(4);
    assertThat(plan()).isNotNull();
    assertThat(plan()).isNotNull();
  }

  @Test
  void aFloodFillsStepsToHalfWhileSomebodyBelowItIsServed() {
    flood(200);
    assertThat(run(8)).as("alone it has all").containsOnly(Map.entry("flood", STEP_TOKENS));
    submit("modest", 10, 100);
    run(3);
    int tokens = run(1).values().stream().mapToInt(n -> n).sum();
    assertThat(tokens).isEqualTo(STEP_TOKENS / 2);
  }

  @Test
  void aFloodLeavesRoomForAWhileWhenWhoeverWasBelowItHasLeft() {
    flood(200);
    run(8);
    submit("modest", 10, 10);
    run(20);
    assertThat(run(1)).as("it may be back").containsOnly(Map.entry("flood", STEP_TOKENS / 2));
    flood(400);
    for (long end = now + 10 * SECOND; now < end; ) {
      run(1);
    }
    assertThat(run(2)).as("it has left").containsOnly(Map.entry("flood", STEP_TOKENS));
  }

  @Test
  void whereAStepCostsWhatItComputesAFloodFillsItToSixteenTimesTheShortest() {
    floodWhereStepsCostWhatTheyCompute();
    run(8);
    submit("modest", 10, 100);
    run(3);
    // Sixteen times the shortest step has time for 31 tokens, prompts get 32.
    assertThat(run(1).get("flood")).isBetween(30, 80);
  }

  @Test
  void streamsOfAFloodTakeTurnsWhereAllOfThemWouldFillTheStep() {
    floodWhereStepsCostWhatTheyCompute();
    run(70);
    int streams = core.status("").runningRequests();
    assertThat(streams).isGreaterThan(40);
    submit("modest", 10, 100);
    run(2);
    submit("modest", 100, 100);
    Map<String, Integer> step = Map.of();
    while (step.getOrDefault("modest", 0) < 100) {
      step = run(1);
    }
    assertThat(step.getOrDefault("flood", 0)).isLessThan(streams / 2);
    for (int i = 0; i < 20; i++) {
      List<Integer> before = requests.stream().map(request -> request.tokens().length).toList();
      run(1);
      run(1);
      for (int r = 0; r < before.size(); r++) {
        RecordedRequest request = requests.get(r);
        boolean waited = before.get(r) > 0 && request.tokens().length == before.get(r);
        assertThat(waited && request.finished() == null).as(request.spec().requestId()).isFalse();
      }
    }
  }

  @Test
  void theStepThatComputesANewcomersPromptIsNotFilledUpByTheFlood() {
    flood(200);
    run(8);
    submit("modest", 100, 10);
    Map<String, Integer> step = Map.of();
    while (!step.containsKey("modest")) {
      step = run(1);
    }
    assertThat(step).containsEntry("modest", 100).containsEntry("flood", STEP_TOKENS / 2 - 100);
  }

  @Test
  void aBurstOfWhoLeftItsShareUnusedIsComputedBeforeTheFlood() {
    flood(300);
    run(20);
    for (int i = 0; i < 4; i++) {
      submit("modest", 200, 10);
    }
    int computed = 0;
    int steps = 0;
    while (computed < 800) {
      computed += run(1).getOrDefault("modest", 0);
      steps++;
    }
    // The step under way, and 800 tokens beside the flood's next ones.
    assertThat(steps).isLessThanOrEqualTo(4);
  }

  @Test
  void firstComeFirstServedKnowsNoGroups() {
    core = core(PolicyKind.FCFS, 64);
    flood(200);
    run(8);
    submit("modest", 10, 100);
    assertThat(run(3)).containsEntry("flood", STEP_TOKENS);
  }

  @Test
  void aPromptThatFindsNoPlaceKeepsNobodyFromDecoding() {
    submit("more", 8, 20);
    run(6);
    for (int i = 0; i < 32; i++) {
      submit("more", 60, 400);
      submit("less", 20, 400);
    }
    run(60);
    submit("less", 300, 10);
    submit("more", 300, 10);
    run(2);
    for (int i = 0; i < 6; i++) {
      assertThat(run(1)).containsEntry("less", 32).containsEntry("more", 32);
    }
  }

  @Test
  void promptsHaveASixteenthOfTheStepHoweverManyTokensOthersDecode() {
    core = core(PolicyKind.FAIR_SLACK, 400);
    for (int i = 0; i < 300; i++) {
      submit("flood", 4, 100);
    }
    run(10);
    submit("modest", 10, 100);
    flood(10);
    run(3);
    assertThat(run(1)).containsEntry("modest", 1).containsEntry("flood", 300 + STEP_TOKENS / 16);
  }
}

package io.kvasir.worker.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kvasir.worker.sample.SamplingParams;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Plan by plan, on a runner that counts. Block of 4 tokens, 20 blocks, context 32, budget 24. */
final class StepEngineTest {
  private static final int[] NONE = {};

  private final CountingRunner runner = new CountingRunner();
  private final StepEngine engine = new StepEngine(runner, 3, null, () -> 0L);
  private long stepId;

  @Test
  void samplesWhenTheLastKnownTokenIsComputedAndContinuesWithItsOwnToken() {
    assertThat(execute(List.of(request(0, 7, 8, 9, 10, 11)), run(0, 0, 3, new int[] {4, 5}, false)))
        .isEmpty();
    assertThat(execute(run(0, 3, 2, NONE, true))).containsExactly(token(0, 12));
    assertThat(execute(run(0, 5, 1, NONE, true))).containsExactly(token(0, 13));
    assertThat(execute(run(0, 6, 1, NONE, true))).containsExactly(token(0, 14));
  }

  @Test
  void reusesASlotReleasedInTheSamePlan() {
    execute(List.of(request(1, 20, 21)), run(1, 0, 2, new int[] {0}, true));
    StepPlan plan =
        new StepPlan(
            ++stepId,
            new int[] {1},
            List.of(request(1, 30)),
            List.of(run(1, 0, 1, new int[] {0}, true)));
    assertThat(engine.execute(plan).tokens()).containsExactly(token(1, 31));
    assertThat(engine.requestCount()).isEqualTo(1);
  }

  @Test
  void takesBlocksOfASharedPrefixAsComputed() {
    NewRequest shared = newRequest(2, new int[] {1, 2, 3, 4, 5, 6}, new int[] {9});
    assertThat(execute(List.of(shared), run(2, 4, 2, new int[] {10}, true)))
        .containsExactly(token(2, 7));
  }

  @Test
  void samplesBeyondTheContextLengthButNeverComputesThere() {
    int[] tokens = new int[32];
    execute(
        List.of(newRequest(0, tokens, NONE)),
        run(0, 0, 24, new int[] {0, 1, 2, 3, 4, 5, 6, 7}, false));
    assertThat(execute(run(0, 24, 8, NONE, true))).containsExactly(token(0, 1));
    refused("slot 0: token_count: is 1, must be 1 to 0", run(0, 32, 1, NONE, true));
  }

  @Test
  void refusesWhatDoesNotFitAndChangesNothing() {
    execute(List.of(request(0, 1, 2, 3)), run(0, 0, 2, new int[] {3}, false));
    refused("slot 3: scheduled.slot: is 3, must be 0 to 2", run(3, 0, 1, NONE, true));
    refused("slot -1: scheduled.slot: is -1, must be 0 to 2", run(-1, 0, 1, NONE, true));
    refused("slot 1: scheduled: slot holds no request", run(1, 0, 1, NONE, true));
    refused("slot 0: computed_tokens: is 3, must be 2 to 2", run(0, 3, 1, NONE, true));
    refused("slot 0: token_count: is 0, must be 1 to 1", run(0, 2, 0, NONE, false));
    refused("slot 0: token_count: is 2, must be 1 to 1", run(0, 2, 2, NONE, true));
    refused("slot 0: sample: is false after token 3 of 3", run(0, 2, 1, NONE, false));
    refused("slot 0: new_block_ids: is 20, must be 0 to 19", run(0, 2, 1, new int[] {20}, true));
    refused(
        "slot 0: block table length: is 9, must be 1 to 8",
        run(0, 2, 1, new int[] {0, 1, 2, 4, 5, 6, 7, 8}, true));
    refused(
        "slot 0: scheduled: scheduled twice in one plan",
        run(0, 2, 1, NONE, true),
        run(0, 2, 1, NONE, true));
    assertThat(execute(run(0, 2, 1, NONE, true))).containsExactly(token(0, 4));
  }

  @Test
  void refusesABlockTableTooShortForTheStep() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> execute(List.of(request(1, 1, 2, 3, 4, 5)), run(1, 0, 5, new int[] {1}, true)))
        .withMessage("slot 1: block table length: is 1, must be 2 to 8");
  }

  @Test
  void refusesNewRequestsThatDoNotFit() {
    execute(List.of(request(0, 1)), run(0, 0, 1, new int[] {3}, true));
    refusedNew("slot 0: new_requests: slot already holds a request", request(0, 1));
    refusedNew("slot 3: new_requests.slot: is 3, must be 0 to 2", request(3, 1));
    refusedNew("slot 1: token_ids.length: is 0, must be 1 to 33", request(1));
    refusedNew("slot 1: token_ids: is 50, must be 0 to 49", request(1, 50));
    refusedNew("slot 1: token_ids: is -1, must be 0 to 49", request(1, 3, -1));
    refusedNew(
        "slot 1: block_ids.length: is 1, must be 0 to 0",
        newRequest(1, new int[] {1, 2, 3, 4}, new int[] {0}));
    refusedNew(
        "slot 1: block_ids: is 20, must be 0 to 19",
        newRequest(1, new int[] {1, 2, 3, 4, 5}, new int[] {20}));
    refusedNew(
        "slot 1: prompt_tokens: is 2, must be 1 to 1",
        new NewRequest(1, "r", new int[] {1}, 2, NONE, SamplingParams.GREEDY, 0));
    assertThat(engine.requestCount()).isEqualTo(1);
  }

  @Test
  void refusesReleasesThatDoNotFit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> engine.execute(releases(3)))
        .withMessage("slot 3: released_slots.slot: is 3, must be 0 to 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> engine.execute(releases(1, 1)))
        .withMessage("slot 1: released_slots: released twice in one plan");
    assertThat(engine.execute(releases(0, 1, 2)).failed()).isFalse();
  }

  private static StepPlan releases(int... slots) {
    return new StepPlan(1, slots, List.of(), List.of());
  }

  private void refusedNew(String message, NewRequest request) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> execute(List.of(request)))
        .withMessage(message);
  }

  @Test
  void refusesAPlanBeyondTheTokenBudget() {
    NewRequest first = newRequest(0, new int[20], NONE);
    NewRequest second = newRequest(1, new int[20], NONE);
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            execute(
                List.of(first, second),
                run(0, 0, 20, new int[] {0, 1, 2, 3, 4}, true),
                run(1, 0, 5, new int[] {5, 6}, false)))
        .withMessage("plan computes 25 tokens, limit 24");
    assertThat(engine.requestCount()).isZero();
  }

  @Test
  void goesOnAfterARunnerFailure() {
    runner.failure = new IllegalStateException("out of luck");
    StepPlan plan =
        new StepPlan(
            ++stepId, NONE, List.of(request(0, 5)), List.of(run(0, 0, 1, new int[] {2}, true)));
    StepResult result = engine.execute(plan);
    assertThat(result.failed()).isTrue();
    assertThat(result.tokens()).isEmpty();
    assertThat(result.failure())
        .isEqualTo("step 1 failed: java.lang.IllegalStateException: out of luck");

    runner.failure = null;
    assertThat(execute(run(0, 0, 1, NONE, true))).containsExactly(token(0, 6));
  }

  @Test
  void forgetsEverythingOnReset() {
    execute(List.of(request(0, 1), request(1, 2)), run(0, 0, 1, new int[] {0}, true));
    engine.reset();
    assertThat(engine.requestCount()).isZero();
    assertThat(execute(List.of(request(0, 9)), run(0, 0, 1, new int[] {0}, true)))
        .containsExactly(token(0, 10));
  }

  @Test
  void describesItsWorker() {
    WorkerInfo info = engine.info("w1");
    assertThat(info.workerId()).isEqualTo("w1");
    assertThat(info.maxRequests()).isEqualTo(3);
    assertThat(info.maxStepTokens()).isEqualTo(24);
    assertThat(info.geometry()).isEqualTo(runner.geometry());
  }

  private List<SampledToken> execute(ScheduledRequest... scheduled) {
    return execute(List.of(), scheduled);
  }

  private List<SampledToken> execute(List<NewRequest> newRequests, ScheduledRequest... scheduled) {
    StepResult result =
        engine.execute(new StepPlan(++stepId, NONE, newRequests, List.of(scheduled)));
    assertThat(result.stepId()).isEqualTo(stepId);
    assertThat(result.failure()).isEmpty();
    return result.tokens();
  }

  private void refused(String message, ScheduledRequest... scheduled) {
    assertThatIllegalArgumentException().isThrownBy(() -> execute(scheduled)).withMessage(message);
  }

  private static NewRequest request(int slot, int... tokenIds) {
    return newRequest(slot, tokenIds, NONE);
  }

  private static NewRequest newRequest(int slot, int[] tokenIds, int[] blockIds) {
    return new NewRequest(
        slot,
        "r" + slot,
        tokenIds,
        Math.max(1, tokenIds.length),
        blockIds,
        SamplingParams.GREEDY,
        0);
  }

  private static ScheduledRequest run(
      int slot, int computed, int count, int[] newBlockIds, boolean sample) {
    return new ScheduledRequest(slot, computed, count, newBlockIds, sample);
  }

  private static SampledToken token(int slot, int tokenId) {
    return new SampledToken(slot, tokenId, List.of());
  }
}

package io.kvasir.scheduler.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.worker.runner.hash.HashModelRunner;
import io.kvasir.worker.sample.SamplingParams;
import io.kvasir.worker.step.NewRequest;
import io.kvasir.worker.step.SampledToken;
import io.kvasir.worker.step.ScheduledRequest;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.StepResult;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A scheduler of few lines: runs one prompt in each of two slots, two plans ahead, in chunks of
 * three tokens, and compares with what the oracle must say.
 */
final class LinkScript {
  static final int[] FIRST = {11, 12, 13, 14, 15, 16, 17};
  static final int[] SECOND = {21, 22, 23, 24};
  private static final int BLOCKS_PER_SLOT = 16;
  private static final int CHUNK = 3;

  private LinkScript() {}

  /** A plan that starts one request of one token in a slot; expected to sample. */
  static StepPlan start(long stepId, int slot) {
    return new StepPlan(
        stepId,
        new int[0],
        List.of(newRequest(slot, new int[] {slot + 5})),
        List.of(new ScheduledRequest(slot, 0, 1, blocks(slot), true)));
  }

  /** Generates over a new link, checks every token, and returns the results. */
  static List<StepResult> generate(WorkerLink link, RecordingListener heard, int steps)
      throws InterruptedException {
    List<int[]> prompts = List.of(FIRST, SECOND);
    List<StepResult> results = new ArrayList<>();
    int[] computed = new int[prompts.size()];
    for (int step = 1; step <= steps; step++) {
      link.submit(plan(step, prompts, computed));
      if (step > 1) {
        results.add(heard.results.take());
      }
    }
    results.add(heard.results.take());
    check(prompts, results);
    return results;
  }

  private static StepPlan plan(int step, List<int[]> prompts, int[] computed) {
    List<NewRequest> added = new ArrayList<>();
    List<ScheduledRequest> scheduled = new ArrayList<>();
    for (int slot = 0; slot < prompts.size(); slot++) {
      if (step == 1) {
        added.add(newRequest(slot, prompts.get(slot)));
      }
      int behind = Math.max(1, prompts.get(slot).length - computed[slot]);
      int count = Math.min(CHUNK, behind);
      scheduled.add(
          new ScheduledRequest(
              slot, computed[slot], count, step == 1 ? blocks(slot) : new int[0], count == behind));
      computed[slot] += count;
    }
    return new StepPlan(step, new int[0], added, scheduled);
  }

  private static void check(List<int[]> prompts, List<StepResult> results) {
    for (int slot = 0; slot < prompts.size(); slot++) {
      int wanted = slot;
      int[] tokens =
          results.stream()
              .flatMap(result -> result.tokens().stream())
              .filter(token -> token.slot() == wanted)
              .mapToInt(SampledToken::tokenId)
              .toArray();
      assertThat(tokens)
          .isEqualTo(
              HashModelRunner.expected(prompts.get(slot), tokens.length, GatedRunner.VOCABULARY))
          .isNotEmpty();
    }
  }

  private static NewRequest newRequest(int slot, int[] tokens) {
    return new NewRequest(
        slot, "r" + slot, tokens, tokens.length, new int[0], SamplingParams.GREEDY, 2);
  }

  private static int[] blocks(int slot) {
    return IntStream.range(slot * BLOCKS_PER_SLOT, (slot + 1) * BLOCKS_PER_SLOT).toArray();
  }
}

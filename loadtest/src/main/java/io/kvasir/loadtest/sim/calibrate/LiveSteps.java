package io.kvasir.loadtest.sim.calibrate;

import io.kvasir.loadtest.sim.device.StepLoad;
import io.kvasir.loadtest.workload.Prompt;
import io.kvasir.loadtest.workload.Segment;
import io.kvasir.loadtest.workload.TokenSource;
import io.kvasir.worker.runner.ModelRunner;
import io.kvasir.worker.sample.SamplingParams;
import io.kvasir.worker.step.NewRequest;
import io.kvasir.worker.step.ScheduledRequest;
import io.kvasir.worker.step.StepEngine;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.StepResult;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs live steps on a model runner through the worker's own step engine and measures them: several
 * numbers of requests with several lengths, their prompts computed in chunks and then some tokens
 * generated. Confined to one thread.
 */
final class LiveSteps {
  private static final int[] NONE = {};
  private static final int DECODES = 6;

  private final ModelRunner runner;
  private final StepEngine engine;
  private final TokenSource tokens;
  private final int maxRequests;
  private final int blocksPerRequest;
  private final StepLoad load = new StepLoad();
  private long steps;

  /** The runner holds {@code maxRequests} requests of its context's length. */
  LiveSteps(ModelRunner runner, int maxRequests) {
    this.runner = runner;
    this.maxRequests = maxRequests;
    engine = new StepEngine(runner, maxRequests);
    tokens = new TokenSource(runner.vocabularySize(), 1);
    blocksPerRequest = runner.geometry().blocksFor(runner.contextLength());
  }

  /** Measures every kind of step once, always in the same order. */
  List<StepSample> pass() {
    List<StepSample> samples = new ArrayList<>();
    int longest = runner.contextLength() - DECODES - 1;
    for (int requests = 1; requests <= maxRequests; requests *= 2) {
      for (int length : new int[] {8, longest / 8, longest / 3, longest}) {
        if (length >= 8) {
          batch(requests, length, samples);
        }
      }
    }
    return samples;
  }

  /* All requests of a batch are computed together, a chunk of each in every step. */
  private void batch(int requests, int length, List<StepSample> samples) {
    List<NewRequest> fresh = new ArrayList<>();
    for (int slot = 0; slot < requests; slot++) {
      Prompt.Synthetic prompt = new Prompt.Synthetic(List.of(new Segment(slot, 0, length)));
      fresh.add(
          new NewRequest(
              slot,
              "calibration-" + slot,
              tokens.ids(prompt),
              length,
              NONE,
              SamplingParams.GREEDY,
              0));
    }
    int chunk = Math.max(1, runner.maxBatchTokens() / requests);
    for (int start = 0; start < length; start += chunk) {
      int count = Math.min(chunk, length - start);
      samples.add(step(start == 0 ? fresh : List.of(), requests, start, count, length));
    }
    for (int i = 0; i < DECODES; i++) {
      samples.add(step(List.of(), requests, length + i, 1, length + i + 1));
    }
    int[] slots = new int[requests];
    for (int slot = 0; slot < requests; slot++) {
      slots[slot] = slot;
    }
    engine.execute(new StepPlan(++steps, slots, List.of(), List.of()));
  }

  private StepSample step(List<NewRequest> fresh, int requests, int start, int count, int known) {
    load.clear();
    List<ScheduledRequest> scheduled = new ArrayList<>();
    for (int slot = 0; slot < requests; slot++) {
      int[] blocks = start == 0 ? blocks(slot) : NONE;
      scheduled.add(new ScheduledRequest(slot, start, count, blocks, start + count == known));
      load.add(start, count);
    }
    StepResult result = engine.execute(new StepPlan(++steps, NONE, fresh, scheduled));
    if (result.failed()) {
      throw new IllegalStateException(result.failure());
    }
    return StepSample.of(load, result.stepNanos());
  }

  private int[] blocks(int slot) {
    int[] blocks = new int[blocksPerRequest];
    for (int i = 0; i < blocksPerRequest; i++) {
      blocks[i] = slot * blocksPerRequest + i;
    }
    return blocks;
  }
}

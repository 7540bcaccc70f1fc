package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.runner.cpu.CpuModelRunner;
import io.kvasir.worker.runner.cpu.CpuRunnerConfig;
import io.kvasir.worker.sample.SamplingParams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sixteen concurrent requests with device blocks for four on a real model, preempted at random
 * steps into every mix of tiers: all outputs are those of the run that is never preempted. {@code
 * -Dkvasir.seeds=1000} runs so many seeds instead of the few of the build; {@code
 * -Dkvasir.scheduler.seed=SEED} runs one alone.
 */
class StoriesSeedsTest {
  private static final int SEEDS = Integer.getInteger("kvasir.seeds", 64);
  private static final int REQUESTS = 16;
  private static final int BLOCK_TOKENS = 4;
  private static final int PROMPT_TOKENS_MAX = 12;
  private static final int ANSWER_TOKENS_MAX = 36;
  private static final int BLOCKS =
      4 * Math.ceilDiv(PROMPT_TOKENS_MAX + ANSWER_TOKENS_MAX, BLOCK_TOKENS);
  private static final int STEP_TOKENS = 128;

  /** Different requests; each seed takes sixteen of them. */
  private static final int REQUESTS_KNOWN = 48;

  private static final List<TierKind> KINDS = List.of(TierKind.DRAM, TierKind.CXL, TierKind.SSD);

  @TempDir Path folder;

  /** A request and what it generates if nothing disturbs it. */
  private record Known(int[] prompt, SamplingParams sampling, int[] answer) {}

  @Test
  void sixteenWithBlocksForFourGenerateWhatEachDoesAlone() throws IOException {
    Path file =
        Path.of(System.getProperty("kvasir.shared", "../shared"))
            .resolve("models/stories260K/stories260K-f32.gguf");
    assumeTrue(Files.exists(file), () -> "test model not found: " + file);
    try (ModelFile model = ModelFile.open(file)) {
      List<Known> known = unpreempted(model);
      CpuRunnerConfig scarce = new CpuRunnerConfig(BLOCKS, BLOCK_TOKENS, STEP_TOKENS, 1, false);
      try (CpuModelRunner runner = new CpuModelRunner(model, scarce)) {
        runAll(runner, known);
      }
    }
  }

  /** Each alone, one after the other, in an arena with room for many. */
  private static List<Known> unpreempted(ModelFile model) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    List<Known> known = new ArrayList<>();
    CpuRunnerConfig roomy = new CpuRunnerConfig(4 * BLOCKS, BLOCK_TOKENS, STEP_TOKENS, 1, false);
    try (CpuModelRunner runner = new CpuModelRunner(model, roomy)) {
      for (int i = 0; i < REQUESTS_KNOWN; i++) {
        int[] prompt = prompt(random, runner.vocabularySize());
        SamplingParams sampling =
            i % 2 == 0
                ? SamplingParams.GREEDY
                : new SamplingParams(0.9f, 40, 0.95f, 0f, 1.1f, random.nextLong());
        RecordedRequest request =
            new RecordedRequest(spec("alone", 0, prompt, ANSWER_TOKENS_MAX, sampling));
        StoriesScenario alone =
            new StoriesScenario(i, runner, Set.of(), Path.of(""), List.of(request));
        alone.run();
        assertThat(alone.totals().preemptions()).isZero();
        known.add(new Known(prompt, sampling, request.tokens()));
      }
    }
    return known;
  }

  /** A few beginnings, so that requests share blocks, and any end. */
  private static int[] prompt(SplittableRandom random, int vocabularySize) {
    int[] prompt = new int[1 + random.nextInt(PROMPT_TOKENS_MAX)];
    int start = 3 + random.nextInt(3);
    for (int i = 0; i < prompt.length; i++) {
      prompt[i] = i < 2 * BLOCK_TOKENS ? start + 31 * i : 3 + random.nextInt(vocabularySize - 3);
    }
    return prompt;
  }

  private static RequestSpec spec(
      String id, int priority, int[] prompt, int maxTokens, SamplingParams sampling) {
    return RequestSpec.draft(id, "tenant", prompt, maxTokens)
        .priority(priority)
        .sampling(sampling)
        .build();
  }

  private void runAll(CpuModelRunner runner, List<Known> known) throws IOException {
    Long only = Long.getLong("kvasir.scheduler.seed");
    long preemptions = 0;
    long stored = 0;
    long loaded = 0;
    long moved = 0;
    for (long seed = only == null ? 0 : only; seed < (only == null ? SEEDS : only + 1); seed++) {
      try {
        StoriesScenario scenario = run(seed, runner, known);
        preemptions += scenario.totals().preemptions();
        stored += scenario.tiers().stored;
        loaded += scenario.tiers().loaded;
        moved += scenario.tiers().moved;
      } catch (Throwable e) {
        throw new AssertionError(
            "seed %d fails; repeat: ./mvnw -o -pl scheduler -am test -Dtest=StoriesSeedsTest"
                    .formatted(seed)
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dkvasir.scheduler.seed="
                + seed,
            e);
      }
    }
    if (only == null) {
      assertThat(preemptions).as("preemptions").isGreaterThan(4L * SEEDS);
      assertThat(stored).as("blocks stored").isGreaterThan(20L * SEEDS);
      assertThat(loaded).as("blocks loaded").isGreaterThan(8L * SEEDS);
      assertThat(moved).as("blocks moved down").isGreaterThan(4L * SEEDS);
    }
  }

  private StoriesScenario run(long seed, CpuModelRunner runner, List<Known> known)
      throws IOException {
    SplittableRandom random = new SplittableRandom(~seed);
    List<RecordedRequest> requests = new ArrayList<>();
    List<Known> chosen = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      Known one = known.get(random.nextInt(known.size()));
      int maxTokens = ANSWER_TOKENS_MAX - random.nextInt(ANSWER_TOKENS_MAX / 2);
      chosen.add(one);
      requests.add(
          new RecordedRequest(
              spec("r" + i, random.nextInt(3), one.prompt(), maxTokens, one.sampling())));
    }
    StoriesScenario scenario =
        new StoriesScenario(seed, runner, mix((int) (seed % 8)), folder, requests);
    scenario.run();
    for (int i = 0; i < REQUESTS; i++) {
      int[] tokens = requests.get(i).tokens();
      assertThat(tokens).isEqualTo(Arrays.copyOf(chosen.get(i).answer(), tokens.length));
      assertThat(tokens).hasSize(requests.get(i).spec().maxTokens());
    }
    assertThat(scenario.tiers().notDone).as("copies that failed").isZero();
    return scenario;
  }

  /** Every one of the eight mixes, none among them. */
  private static Set<TierKind> mix(int bits) {
    Set<TierKind> kinds = EnumSet.noneOf(TierKind.class);
    for (int i = 0; i < KINDS.size(); i++) {
      if ((bits & 1 << i) != 0) {
        kinds.add(KINDS.get(i));
      }
    }
    return kinds;
  }
}

package io.kvasir.worker.link;

import io.kvasir.proto.WireLimits;
import io.kvasir.worker.sample.SamplingParams;
import io.kvasir.worker.step.NewRequest;
import io.kvasir.worker.step.SampledToken;
import io.kvasir.worker.step.ScheduledRequest;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.StepResult;
import io.kvasir.worker.step.TokenScore;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Plans and results within the limits of the wire, at random; need not make sense to a worker. */
final class RandomRecords {
  private RandomRecords() {}

  static StepPlan plan(Random random) {
    return new StepPlan(
        1 + random.nextLong(Long.MAX_VALUE),
        ints(random, 8, WireLimits.MAX_WORKER_REQUESTS),
        some(random, () -> newRequest(random)),
        some(random, () -> scheduled(random)),
        List.of(),
        random.longs(random.nextInt(4), 1, Long.MAX_VALUE).toArray());
  }

  static StepResult result(Random random) {
    long stepId = 1 + random.nextLong(Long.MAX_VALUE);
    if (random.nextInt(5) == 0) {
      return new StepResult(stepId, List.of(), random.nextLong(1 << 30), "broken: ünïcode");
    }
    return new StepResult(stepId, some(random, () -> token(random)), random.nextLong(1 << 30), "");
  }

  private static NewRequest newRequest(Random random) {
    int[] tokens = random.ints(1 + random.nextInt(50), 0, WireLimits.MAX_VOCABULARY).toArray();
    return new NewRequest(
        random.nextInt(WireLimits.MAX_WORKER_REQUESTS),
        "request-" + random.nextInt(),
        tokens,
        1 + random.nextInt(tokens.length),
        ints(random, 20, WireLimits.MAX_KV_BLOCKS),
        new SamplingParams(
            random.nextFloat(WireLimits.MAX_TEMPERATURE),
            random.nextInt(Integer.MAX_VALUE),
            1f - random.nextFloat(),
            random.nextFloat(),
            0.01f + random.nextFloat(9f),
            random.nextLong()),
        random.nextInt(WireLimits.MAX_TOP_CANDIDATES + 1));
  }

  private static ScheduledRequest scheduled(Random random) {
    return new ScheduledRequest(
        random.nextInt(WireLimits.MAX_WORKER_REQUESTS),
        random.nextInt(WireLimits.MAX_CONTEXT_TOKENS),
        1 + random.nextInt(WireLimits.MAX_CONTEXT_TOKENS),
        ints(random, 20, WireLimits.MAX_KV_BLOCKS),
        random.nextBoolean());
  }

  private static SampledToken token(Random random) {
    return new SampledToken(
        random.nextInt(WireLimits.MAX_WORKER_REQUESTS),
        random.nextInt(WireLimits.MAX_VOCABULARY),
        some(random, () -> score(random)));
  }

  private static TokenScore score(Random random) {
    return new TokenScore(
        random.nextInt(WireLimits.MAX_VOCABULARY),
        (float) random.nextGaussian(),
        (float) -random.nextExponential());
  }

  private static int[] ints(Random random, int most, int bound) {
    return random.ints(random.nextInt(most + 1), 0, bound).toArray();
  }

  private static <T> List<T> some(Random random, Supplier<T> one) {
    return Stream.generate(one).limit(random.nextInt(6)).toList();
  }
}

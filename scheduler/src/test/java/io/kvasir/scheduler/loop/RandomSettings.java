package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.policy.PolicySettings;
import io.kvasir.scheduler.policy.TracePattern;
import java.util.SplittableRandom;

/** Settings of policies with which much happens in short scenarios. */
final class RandomSettings {
  private RandomSettings() {}

  static PolicySettings of(SplittableRandom random) {
    PolicySettings defaults = PolicySettings.DEFAULT;
    return new PolicySettings(
        random.nextInt(3) > 0 ? defaults.weights() : MemoryChargesTest.ALL,
        random.nextInt(200),
        random.nextInt(3) * random.nextInt(100),
        1 + random.nextInt(50),
        defaults.ageMillis(),
        1 + random.nextInt(2),
        1 + random.nextInt(3),
        random.nextBoolean() ? TracePattern.RANDOM : TracePattern.MARKOV,
        random.nextLong(),
        random.nextBoolean() ? 0.02 : 0.3,
        1 + random.nextInt(2),
        1 + random.nextInt(2),
        random.nextInt(3));
  }
}

package io.kvasir.scheduler.gateway;

import static io.kvasir.proto.WireLimits.MAX_REPETITION_PENALTY;
import static io.kvasir.proto.WireLimits.MAX_TEMPERATURE;

import io.kvasir.v1.SamplingParameters;
import io.kvasir.worker.sample.SamplingParams;
import java.util.function.LongSupplier;

/** Reads sampling parameters and fills in the defaults. */
final class SamplingReader {
  private SamplingReader() {}

  /**
   * Checks every field against its range; NaN is in none.
   *
   * @param seeds draws a seed where the caller gave none
   */
  static SamplingParams read(SamplingParameters sampling, int vocabularySize, LongSupplier seeds) {
    float temperature = sampling.getTemperature();
    if (!(temperature >= 0f && temperature <= MAX_TEMPERATURE)) {
      throw InvalidArgument.of(
          "sampling.temperature is %s; it must be from 0 to %s", temperature, MAX_TEMPERATURE);
    }
    float topP = sampling.hasTopP() ? sampling.getTopP() : 1f;
    if (!(topP > 0f && topP <= 1f)) {
      throw InvalidArgument.of("sampling.top_p is %s; it must be above 0 and at most 1", topP);
    }
    float minP = sampling.getMinP();
    if (!(minP >= 0f && minP <= 1f)) {
      throw InvalidArgument.of("sampling.min_p is %s; it must be from 0 to 1", minP);
    }
    float penalty = sampling.hasRepetitionPenalty() ? sampling.getRepetitionPenalty() : 1f;
    if (!(penalty > 0f && penalty <= MAX_REPETITION_PENALTY)) {
      throw InvalidArgument.of(
          "sampling.repetition_penalty is %s; it must be above 0 and at most %s",
          penalty, MAX_REPETITION_PENALTY);
    }
    int topK = sampling.getTopK();
    // Keeping the whole vocabulary or more of it is the same as keeping all.
    int keep = Integer.compareUnsigned(topK, vocabularySize) >= 0 ? 0 : topK;
    long seed = sampling.hasSeed() ? sampling.getSeed() : seeds.getAsLong();
    return new SamplingParams(temperature, keep, topP, minP, penalty, seed);
  }
}

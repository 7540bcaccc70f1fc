package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.plan.StepTimeModel;
import java.util.OptionalDouble;

/**
 * How long steps take, as learned from those of the connected worker; see {@link StepTimeModel}.
 *
 * @param measuredSteps steps that it was learned from; without any, all times are 0
 * @param errorRatio mean of |predicted - measured| / measured over about the last 20 steps; empty
 *     until more than a few were measured
 * @param fixedNanos time of a step whatever it computes
 * @param nanosPerToken time of one more token without context
 * @param nanosPerContext time of one more (token, earlier token) pair
 */
public record StepTimeStatus(
    long measuredSteps,
    OptionalDouble errorRatio,
    double fixedNanos,
    double nanosPerToken,
    double nanosPerContext) {

  /** Nothing was measured. */
  public static final StepTimeStatus NONE = new StepTimeStatus(0, OptionalDouble.empty(), 0, 0, 0);

  static StepTimeStatus of(StepTimeModel model) {
    return new StepTimeStatus(
        model.steps(),
        model.errorKnown() ? OptionalDouble.of(model.relativeError()) : OptionalDouble.empty(),
        model.fixedNanos(),
        model.nanosPerToken(),
        model.nanosPerContext());
  }
}

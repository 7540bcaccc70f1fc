package io.kvasir.scheduler.gateway.grpc;

import io.kvasir.scheduler.loop.StepTimeStatus;
import io.kvasir.v1.StepTimes;

/** Learned step times as a message. */
final class StepTimesCodec {
  private StepTimesCodec() {}

  static StepTimes of(StepTimeStatus status) {
    StepTimes.Builder times =
        StepTimes.newBuilder()
            .setMeasuredSteps(status.measuredSteps())
            .setFixedNanos(status.fixedNanos())
            .setNanosPerToken(status.nanosPerToken())
            .setNanosPerContext(status.nanosPerContext());
    status.errorRatio().ifPresent(times::setErrorRatio);
    return times.build();
  }
}

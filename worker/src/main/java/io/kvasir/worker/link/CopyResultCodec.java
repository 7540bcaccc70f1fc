package io.kvasir.worker.link;

import static io.kvasir.proto.WireLimits.MAX_COPY_BLOCKS;
import static io.kvasir.proto.WireLimits.MAX_FAILURE_CHARS;

import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import java.util.ArrayList;
import java.util.List;

/** Copy results as records and on the wire. */
public final class CopyResultCodec {
  private CopyResultCodec() {}

  /** To the wire. A failure that is too long is cut. */
  public static io.kvasir.v1.CopyResult encode(CopyResult result) {
    String failure = result.failure();
    io.kvasir.v1.CopyResult.Builder builder =
        io.kvasir.v1.CopyResult.newBuilder()
            .setJobId(result.jobId())
            .setBytes(result.bytes())
            .setRuns(result.runs())
            .setQueueNanos(result.queueNanos())
            .setCopyNanos(result.copyNanos())
            .setFailure(failure.substring(0, Math.min(failure.length(), MAX_FAILURE_CHARS)));
    for (CopyOutcome outcome : result.outcomes()) {
      builder.addOutcomes(
          switch (outcome) {
            case DONE -> io.kvasir.v1.CopyOutcome.COPY_OUTCOME_DONE;
            case MISS -> io.kvasir.v1.CopyOutcome.COPY_OUTCOME_MISS;
            case FAILED -> io.kvasir.v1.CopyOutcome.COPY_OUTCOME_FAILED;
            case CANCELLED -> io.kvasir.v1.CopyOutcome.COPY_OUTCOME_CANCELLED;
          });
    }
    return builder.build();
  }

  /**
   * From the wire. Whether it answers a job in flight is the scheduler's to say.
   *
   * @throws IllegalArgumentException naming the field and the limit
   */
  public static CopyResult decode(io.kvasir.v1.CopyResult result) {
    WireCheck.entries("copy_result.outcomes", result.getOutcomesCount(), MAX_COPY_BLOCKS);
    List<CopyOutcome> outcomes = new ArrayList<>(result.getOutcomesCount());
    for (io.kvasir.v1.CopyOutcome outcome : result.getOutcomesList()) {
      outcomes.add(outcome(outcome));
    }
    if (result.getFailure().length() > MAX_FAILURE_CHARS) {
      throw new IllegalArgumentException(
          "copy_result.failure: has %d characters, limit %d"
              .formatted(result.getFailure().length(), MAX_FAILURE_CHARS));
    }
    return new CopyResult(
        WireCheck.atLeast("copy_result.job_id", result.getJobId(), 1),
        outcomes,
        WireCheck.atLeast("copy_result.bytes", result.getBytes(), 0),
        WireCheck.range("copy_result.runs", result.getRuns(), 0, MAX_COPY_BLOCKS),
        WireCheck.atLeast("copy_result.queue_nanos", result.getQueueNanos(), 0),
        WireCheck.atLeast("copy_result.copy_nanos", result.getCopyNanos(), 0),
        result.getFailure());
  }

  private static CopyOutcome outcome(io.kvasir.v1.CopyOutcome outcome) {
    return switch (outcome) {
      case COPY_OUTCOME_DONE -> CopyOutcome.DONE;
      case COPY_OUTCOME_MISS -> CopyOutcome.MISS;
      case COPY_OUTCOME_FAILED -> CopyOutcome.FAILED;
      case COPY_OUTCOME_CANCELLED -> CopyOutcome.CANCELLED;
      case COPY_OUTCOME_UNSPECIFIED, UNRECOGNIZED ->
          throw WireCheck.unknown("copy_result.outcomes");
    };
  }
}

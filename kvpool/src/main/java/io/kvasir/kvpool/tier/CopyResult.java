package io.kvasir.kvpool.tier;

import java.util.List;

/**
 * What came back of one {@link CopyJob}: exactly one per job, in any order.
 *
 * @param jobId of the job
 * @param outcomes one per block, in the job's order
 * @param bytes bytes moved, as the tier counts them (after the codec)
 * @param runs contiguous pieces that were moved; {@code blocks / runs} is the mean run length
 * @param queueNanos time it waited, nanoseconds
 * @param copyNanos time the link was busy with it, nanoseconds
 * @param failure the first failure or miss, or why the job was not taken at all, for people; empty
 *     otherwise
 */
public record CopyResult(
    long jobId,
    List<CopyOutcome> outcomes,
    long bytes,
    int runs,
    long queueNanos,
    long copyNanos,
    String failure) {

  public CopyResult {
    outcomes = List.copyOf(outcomes);
  }
}

package io.kvasir.kvpool.residency;

import java.util.Arrays;

/** Jobs to be cancelled that nobody has been told of. Confined to the scheduler loop. */
final class Cancellations {
  private static final long[] NONE = {};

  private long[] jobs = new long[16];
  private int count;
  private long total;

  boolean isEmpty() {
    return count == 0;
  }

  void add(long jobId) {
    if (count == jobs.length) {
      jobs = Arrays.copyOf(jobs, 2 * count);
    }
    jobs[count++] = jobId;
    total++;
  }

  /** Those added since the last call. */
  long[] take() {
    if (count == 0) {
      return NONE;
    }
    long[] taken = Arrays.copyOf(jobs, count);
    count = 0;
    return taken;
  }

  /** All so far. */
  long total() {
    return total;
  }
}

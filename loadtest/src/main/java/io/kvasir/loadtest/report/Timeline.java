package io.kvasir.loadtest.report;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongBinaryOperator;

/**
 * What happened when, in bins that double in width as a run grows longer. Guarded by the lock of
 * {@link RunRecorder}.
 */
final class Timeline {
  private static final int MAX_BINS = 400;
  private static final long FIRST_BIN_NANOS = 250_000_000;

  /**
   * The same as a value.
   *
   * @param binSeconds width of a bin
   * @param tokens output tokens per bin, by tenant
   * @param waiting most requests of a bin that waited for their first token
   * @param running most requests of a bin that had some tokens and waited for more
   */
  record Series(
      double binSeconds, Map<String, List<Long>> tokens, List<Long> waiting, List<Long> running) {}

  private final Map<String, long[]> tokens = new LinkedHashMap<>();
  private final Gauge waiting = new Gauge();
  private final Gauge running = new Gauge();
  private long binNanos = FIRST_BIN_NANOS;
  private int bins;

  void tokens(String tenant, long offsetNanos, int count) {
    int bin = bin(offsetNanos);
    tokens.computeIfAbsent(tenant, name -> new long[MAX_BINS])[bin] += count;
  }

  void waiting(long offsetNanos, int change) {
    waiting.change(bin(offsetNanos), change);
  }

  void running(long offsetNanos, int change) {
    running.change(bin(offsetNanos), change);
  }

  Series series() {
    Map<String, List<Long>> byTenant = new LinkedHashMap<>();
    tokens.forEach((tenant, counts) -> byTenant.put(tenant, list(counts)));
    waiting.fill(bins - 1);
    running.fill(bins - 1);
    return new Series(binNanos / 1e9, byTenant, list(waiting.most), list(running.most));
  }

  private List<Long> list(long[] values) {
    return Arrays.stream(values, 0, bins).boxed().toList();
  }

  private int bin(long offsetNanos) {
    long offset = Math.max(0, offsetNanos);
    while (offset / binNanos >= MAX_BINS) {
      tokens.values().forEach(counts -> halve(counts, Long::sum));
      waiting.halve();
      running.halve();
      binNanos *= 2;
      bins = (bins + 1) / 2;
    }
    int bin = (int) (offset / binNanos);
    bins = Math.max(bins, bin + 1);
    return bin;
  }

  private static void halve(long[] values, LongBinaryOperator join) {
    for (int i = 0; i < MAX_BINS / 2; i++) {
      values[i] = join.applyAsLong(values[2 * i], values[2 * i + 1]);
    }
    Arrays.fill(values, MAX_BINS / 2, MAX_BINS, 0);
  }

  /** A number that goes up and down, with its peak in each bin. */
  private static final class Gauge {
    private final long[] most = new long[MAX_BINS];
    private long now;
    private int filled;

    void change(int bin, int change) {
      fill(bin);
      now += change;
      most[bin] = Math.max(most[bin], now);
    }

    /** A bin begins with what the one before ended with. */
    void fill(int bin) {
      while (filled < bin) {
        filled++;
        most[filled] = now;
      }
    }

    void halve() {
      fill(MAX_BINS - 1);
      Timeline.halve(most, Math::max);
      filled = MAX_BINS / 2 - 1;
    }
  }
}

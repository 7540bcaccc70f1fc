package io.kvasir.loadtest.live;

import io.kvasir.loadtest.report.RunRecorder;
import io.kvasir.loadtest.report.Warmup;
import io.kvasir.loadtest.workload.Arrival;
import java.time.Duration;
import java.util.List;

/**
 * Who measures which request: those meant to be sent during the warm-up are measured too, for the
 * progress line, but apart from the run, and nobody reports them.
 */
final class Recorders {
  private final long warmupNanos;
  private final RunRecorder warmup;
  private final RunRecorder run;

  /**
   * Recorders of a run about to start.
   *
   * @param warmup requests whose intended send time is before that are not of the run
   * @param tenants see {@link RunRecorder}
   */
  Recorders(Duration warmup, List<String> tenants) {
    warmupNanos = warmup.toNanos();
    this.warmup = new RunRecorder(List.of(), 0);
    run = new RunRecorder(tenants, warmupNanos);
  }

  /** When the run that is measured begins, nanoseconds from the first possible send time. */
  long warmupNanos() {
    return warmupNanos;
  }

  /** Measures this request. */
  RunRecorder of(Arrival arrival) {
    return arrival.offsetNanos() < warmupNanos ? warmup : run;
  }

  /** Measures what is reported. */
  RunRecorder run() {
    return run;
  }

  /** Measures what is not. */
  RunRecorder warmup() {
    return warmup;
  }

  /** What is said about the warm-up. */
  Warmup told() {
    return new Warmup(warmupNanos / 1e9, warmup.progress().sent());
  }
}

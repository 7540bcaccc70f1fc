package io.kvasir.loadtest.workload;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A reproducible load: who asks for what, and when. The live driver and a simulation both run it.
 */
public interface Workload {
  /** A short name for reports. */
  String name();

  /** One sentence for people. */
  String description();

  /** Its tenants, or none when only reading it tells. */
  List<String> tenants();

  /** How long it runs unless told otherwise; empty: until it ends. */
  Optional<Duration> duration();

  /**
   * This workload at another mean rate.
   *
   * @param ratePerSecond arrivals per second of all tenants together, above 0; for a trace of
   *     sessions, sessions per second
   * @throws WorkloadException if its times are given by a trace, or for a rate that is none
   */
  Workload atRate(double ratePerSecond);

  /**
   * Its arrivals from the beginning; the same for the same seed.
   *
   * @param seed decides whatever the workload leaves to chance
   */
  ArrivalStream arrivals(long seed);
}

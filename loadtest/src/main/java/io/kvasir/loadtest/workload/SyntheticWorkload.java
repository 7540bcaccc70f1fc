package io.kvasir.loadtest.workload;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Tenants with arrival processes and length distributions.
 *
 * @param name a short name for reports
 * @param description one sentence for people
 * @param mixes the tenants, at least one
 * @param runTime how long it runs unless told otherwise
 */
public record SyntheticWorkload(
    String name, String description, List<TenantMix> mixes, Duration runTime) implements Workload {
  /** Keeps the tenants unmodifiable. */
  public SyntheticWorkload {
    mixes = List.copyOf(mixes);
    if (mixes.stream().map(TenantMix::name).distinct().count() != mixes.size()) {
      throw new IllegalArgumentException("two tenants have the same name");
    }
  }

  @Override
  public List<String> tenants() {
    return mixes.stream().map(TenantMix::name).toList();
  }

  @Override
  public Optional<Duration> duration() {
    return Optional.of(runTime);
  }

  @Override
  public Workload atRate(double ratePerSecond) {
    if (!(ratePerSecond > 0 && ratePerSecond <= 1e6)) {
      throw new WorkloadException(
          "%s: rate of %s requests per second, must be above 0 to 1000000"
              .formatted(name, ratePerSecond));
    }
    double rate = mixes.stream().mapToDouble(TenantMix::ratePerSecond).sum();
    List<TenantMix> scaled =
        mixes.stream().map(mix -> mix.timesRate(ratePerSecond / rate)).toList();
    return new SyntheticWorkload(name, description, scaled, runTime);
  }

  @Override
  public ArrivalStream arrivals(long seed) {
    return ArrivalStream.of(
        new MergedArrivals(mixes.stream().map(mix -> new TenantArrivals(mix, seed)).toList()));
  }
}

package io.kvasir.loadtest.sim.fidelity;

import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.ArrivalStream;
import io.kvasir.loadtest.workload.Workload;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A workload whose answers all have their greatest length, past any end-of-text token: a simulation
 * does not know where a model ends.
 *
 * @param workload who asks for what
 */
public record FullLength(Workload workload) implements Workload {
  @Override
  public String name() {
    return workload.name();
  }

  @Override
  public String description() {
    return workload.description();
  }

  @Override
  public List<String> tenants() {
    return workload.tenants();
  }

  @Override
  public Optional<Duration> duration() {
    return workload.duration();
  }

  @Override
  public Workload atRate(double ratePerSecond) {
    return new FullLength(workload.atRate(ratePerSecond));
  }

  @Override
  public ArrivalStream arrivals(long seed) {
    return new Stream(workload.arrivals(seed));
  }

  private record Stream(ArrivalStream arrivals) implements ArrivalStream {
    @Override
    public boolean hasNext() {
      return arrivals.hasNext();
    }

    @Override
    public Arrival next() {
      Arrival a = arrivals.next();
      return new Arrival(
          a.index(),
          a.offsetNanos(),
          a.tenant(),
          a.session(),
          a.priority(),
          a.prompt(),
          a.maxTokens(),
          true,
          a.sampling(),
          a.samplingSeed(),
          a.slo());
    }

    @Override
    public void close() {
      arrivals.close();
    }
  }
}

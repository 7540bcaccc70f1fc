package io.kvasir.loadtest.workload.trace;

import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.ArrivalStream;
import io.kvasir.loadtest.workload.MergedArrivals;
import io.kvasir.loadtest.workload.Workload;
import io.kvasir.loadtest.workload.WorkloadException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A recorded trace, replayed.
 *
 * @param file compressed or not
 * @param format what is in it
 * @param sessionsPerSecond how often sessions start, where the trace leaves it open
 */
public record TraceWorkload(Path file, TraceFormat format, double sessionsPerSecond)
    implements Workload {
  private static final double DEFAULT_SESSIONS_PER_SECOND = 0.05;

  /**
   * The trace in a file.
   *
   * @throws WorkloadException if it cannot be read or its format is unknown
   */
  public static TraceWorkload of(Path file) {
    return new TraceWorkload(file, TraceFormat.of(file), DEFAULT_SESSIONS_PER_SECOND);
  }

  @Override
  public String name() {
    return "trace:" + file.getFileName();
  }

  @Override
  public String description() {
    String sessions = format.hasRate() ? ", " + sessionsPerSecond + " sessions per second" : "";
    return format.description() + sessions;
  }

  @Override
  public List<String> tenants() {
    return List.of();
  }

  @Override
  public Optional<Duration> duration() {
    return Optional.empty();
  }

  @Override
  public Workload atRate(double ratePerSecond) {
    if (!format.hasRate()) {
      throw new WorkloadException(
          name() + ": its times are recorded; change them with a time scale, not a rate");
    }
    if (!(ratePerSecond > 0 && ratePerSecond <= 1e6)) {
      throw new WorkloadException(
          "%s: rate of %s sessions per second, must be above 0 to 1000000"
              .formatted(name(), ratePerSecond));
    }
    return new TraceWorkload(file, format, ratePerSecond);
  }

  @Override
  public ArrivalStream arrivals(long seed) {
    return switch (format) {
      case AZURE -> ordered(CsvTraces.azure(file));
      case VTC_ARENA -> ordered(CsvTraces.vtcArena(file));
      case MOONCAKE -> ordered(MooncakeTrace.read(file));
      case SERVEGEN -> ArrivalStream.of(new MergedArrivals(ServeGenTrace.arrivals(file, seed)));
      case AGENTS -> new AgentArrivals(AgentTrace.read(file), sessionsPerSecond, seed);
    };
  }

  /** Requests as recorded; a trace that runs backwards is refused. */
  private static ArrivalStream ordered(TraceRecords<Arrival> records) {
    return new ArrivalStream() {
      private long lastNanos;

      @Override
      public boolean hasNext() {
        return records.hasNext();
      }

      @Override
      public Arrival next() {
        Arrival arrival = records.next();
        if (arrival.offsetNanos() < lastNanos) {
          throw records.malformed("earlier than the line before");
        }
        lastNanos = arrival.offsetNanos();
        return arrival;
      }

      @Override
      public void close() {
        records.close();
      }
    };
  }
}

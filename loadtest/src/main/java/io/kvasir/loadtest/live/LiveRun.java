package io.kvasir.loadtest.live;

import io.kvasir.loadtest.report.LoadReport;
import io.kvasir.loadtest.report.RunInfo;
import io.kvasir.loadtest.workload.ShapedArrivals;
import io.kvasir.loadtest.workload.Shaping;
import io.kvasir.loadtest.workload.TokenSource;
import io.kvasir.loadtest.workload.Workload;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** One run of a workload against a server, from the first request to the report. */
public final class LiveRun {
  /**
   * What to run.
   *
   * @param workload who asks for what
   * @param seed of all randomness
   * @param shaping how the run departs from the workload
   * @param maxOutstanding most requests in flight
   * @param drain longest wait for the last answers
   * @param allowLossyKv whether all requests allow KV that went through a lossy codec
   * @param warmup requests meant to be sent before that are sent and not measured
   */
  public record Settings(
      Workload workload,
      long seed,
      Shaping shaping,
      int maxOutstanding,
      Duration drain,
      boolean allowLossyKv,
      Duration warmup) {

    /** Settings of a run without a warm-up whose requests do not allow lossy KV. */
    public Settings(
        Workload workload, long seed, Shaping shaping, int maxOutstanding, Duration drain) {
      this(workload, seed, shaping, maxOutstanding, drain, false, Duration.ZERO);
    }
  }

  /**
   * Where to tell people how it goes.
   *
   * @param out the stream
   * @param terminal whether a line can be overwritten there
   */
  public record Audience(PrintWriter out, boolean terminal) {}

  private final TargetServer target;
  private final Settings settings;
  private final Recorders recorders;
  private final OpenLoopClient client;

  /**
   * A run about to start.
   *
   * @param target the server
   * @param settings what to run
   * @param listener is told of every request that is over
   */
  public LiveRun(TargetServer target, Settings settings, Completion.Listener listener) {
    this.target = target;
    this.settings = settings;
    Set<String> chosen = settings.shaping().tenants();
    recorders =
        new Recorders(
            settings.warmup(),
            settings.workload().tenants().stream()
                .filter(tenant -> chosen.isEmpty() || chosen.contains(tenant))
                .toList());
    client =
        new OpenLoopClient(
            target.channels(),
            new RequestCodec(
                new TokenSource(target.vocabularySize(), settings.seed()), settings.allowLossyKv()),
            recorders,
            DriverClock.SYSTEM,
            settings.maxOutstanding(),
            listener);
  }

  /** Ends the run early; it still reports. From any thread. */
  public void stop() {
    client.stop();
  }

  /** Runs to the end and reports. */
  public LoadReport run(Audience audience) {
    String startedAt = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    try (ShapedArrivals arrivals =
        new ShapedArrivals(settings.workload().arrivals(settings.seed()), settings.shaping())) {
      long endNanos;
      try (var _ =
          new ProgressLine(audience.out(), audience.terminal(), recorders, DriverClock.SYSTEM)) {
        endNanos = client.run(arrivals);
        client.drain(settings.drain());
      }
      return recorders.run().report(info(startedAt, arrivals.clipped()), endNanos);
    }
  }

  /** Runs to the end without telling or keeping anything: a warm-up. */
  public void runQuietly() {
    try (ShapedArrivals arrivals =
        new ShapedArrivals(settings.workload().arrivals(settings.seed()), settings.shaping())) {
      client.run(arrivals);
      client.drain(settings.drain());
    }
  }

  private RunInfo info(String startedAt, long clipped) {
    List<String> notes = new ArrayList<>();
    if (client.stopped()) {
      notes.add("The run was ended early.");
    }
    String version =
        Objects.requireNonNullElse(LiveRun.class.getPackage().getImplementationVersion(), "dev");
    return new RunInfo(
        settings.workload().name(),
        settings.workload().description(),
        settings.seed(),
        target.address(),
        target.model(),
        settings.shaping().timeScale(),
        settings.shaping().lengthScale(),
        clipped,
        recorders.told(),
        settings.maxOutstanding(),
        "kvasir " + version + ", Java " + Runtime.version(),
        Runtime.getRuntime().availableProcessors(),
        startedAt,
        notes);
  }
}

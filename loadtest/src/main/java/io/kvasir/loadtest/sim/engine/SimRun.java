package io.kvasir.loadtest.sim.engine;

import io.kvasir.loadtest.sim.event.SimEvent;
import io.kvasir.loadtest.sim.event.Simulation;
import io.kvasir.loadtest.sim.link.SimLink;
import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.ArrivalStream;
import io.kvasir.loadtest.workload.WorkloadException;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.tenant.TenantSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One run of one system under one workload in virtual time. The same set-up, arrivals and seed give
 * the same calls to the observer. Confined to one thread.
 */
public final class SimRun {
  /** Latest arrival, seconds: 100 days, which a trace with wrong times is beyond. */
  private static final long LATEST_SECONDS = 100L * 24 * 3600;

  private static final long SECOND_NANOS = 1_000_000_000L;

  private final Simulation simulation = new Simulation();
  private final SimSetup setup;
  private final ArrivalStream arrivals;
  private final SimTokens tokens;
  private final SimObserver observer;
  private final Sessions sessions;
  private final SimSystem scheduler;
  private final Map<String, Integer> tenants = new LinkedHashMap<>();
  private final SimEvent feed = this::feed;
  private final SimEvent sample = this::sample;

  private @Nullable Arrival next;
  private long lastArrivalNanos;
  private long lastEndNanos;
  private long sent;

  /**
   * What became of a run.
   *
   * @param steps plans that were executed or are under way
   * @param lastArrivalNanos when the last request arrived by the workload's clock
   * @param endNanos when the last request ended, or when the run was stopped
   * @param unfinished requests that had not ended then, those never sent included
   * @param status of the core at the end
   * @param links of the tiers
   * @param tenants names by their numbers
   */
  public record Outcome(
      long steps,
      long lastArrivalNanos,
      long endNanos,
      long unfinished,
      SchedulerStatus status,
      List<SimLink> links,
      List<String> tenants) {}

  private SimRun(SimSetup setup, ArrivalStream arrivals, long seed, SimObserver observer) {
    this.setup = setup;
    this.arrivals = arrivals;
    this.observer = observer;
    tokens = new SimTokens(setup.model().vocabularySize(), seed);
    sessions = new Sessions(simulation, setup.sessions(), this::send);
    scheduler =
        switch (setup.core()) {
          case KVASIR ->
              new SimScheduler(simulation, setup, tokens, observer, this::answered, seed);
          case VLLM_033 -> new VllmScheduler(simulation, setup, observer, this::answered);
        };
  }

  /**
   * Runs a workload to its end.
   *
   * @param arrivals in the order of time; every request fits {@link SimSetup#contextTokens}
   * @param seed of the token ids, and of the steps' luck
   * @param observer hears what happens
   * @throws SimulationFailedException if the core breaks an invariant or stops making progress
   * @throws WorkloadException if a request arrives later than any run lasts, or is of a tenant that
   *     no server would take
   */
  public static Outcome run(
      SimSetup setup, ArrivalStream arrivals, long seed, SimObserver observer) {
    return new SimRun(setup, arrivals, seed, observer).run();
  }

  private Outcome run() {
    readNext();
    simulation.at(0, sample);
    simulation.run(scheduler);
    boolean stopped = !setup.timing().drain();
    int left = scheduler.requestCount() + sessions.held();
    if (left > 0 && !stopped) {
      throw new SimulationFailedException(
          "nothing is left to happen, but %d requests have not ended: %s"
              .formatted(left, scheduler.status()));
    }
    return new Outcome(
        scheduler.steps(),
        lastArrivalNanos,
        stopped ? lastArrivalNanos : lastEndNanos,
        left,
        scheduler.status(),
        scheduler.links(),
        List.copyOf(tenants.keySet()));
  }

  private void readNext() {
    next = arrivals.hasNext() ? arrivals.next() : null;
    if (next != null) {
      if (next.offsetNanos() > LATEST_SECONDS * SECOND_NANOS) {
        throw new WorkloadException(
            String.format(
                Locale.ROOT,
                "request %d is sent after %.0f s, a simulation covers %d s",
                next.index(),
                next.offsetNanos() / 1e9,
                LATEST_SECONDS));
      }
      lastArrivalNanos = next.offsetNanos();
      simulation.at(next.offsetNanos(), feed);
    }
  }

  private void feed(long now) {
    Arrival arrival = next;
    if (arrival != null) {
      sessions.arrived(arrival, now);
      readNext();
    }
    if (next == null && !setup.timing().drain()) {
      simulation.stop();
    }
  }

  private void send(Arrival arrival, long now) {
    TenantSpec promised = setup.promises().of(arrival.tenant());
    RequestSpec spec =
        RequestSpec.draft(
                "r" + sent++, arrival.tenant(), tokens.ids(arrival.prompt()), arrival.maxTokens())
            .session(arrival.session(), null)
            .priority(arrival.priority())
            .targets(
                promised.ttftMillis(arrival.slo().ttftMillis()),
                promised.tbtMillis(arrival.slo().tbtMillis()))
            .arrivalNanos(now)
            .build();
    int tenant = tenants.computeIfAbsent(arrival.tenant(), name -> tenants.size());
    scheduler.submit(spec, tenant, tokens.answer(arrival.prompt(), arrival.index()), now);
  }

  private void answered(String session, long now) {
    lastEndNanos = now;
    sessions.answered(session, now);
  }

  private void sample(long now) {
    observer.sampled(scheduler.status(), now);
    if (next != null || scheduler.requestCount() > 0 || sessions.held() > 0) {
      simulation.at(now + setup.timing().sampleNanos(), sample);
    }
  }
}

package io.kvasir.loadtest.sim.metrics;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.loadtest.report.Latency;
import io.kvasir.loadtest.sim.engine.SimObserver;
import io.kvasir.loadtest.sim.engine.SimRequest;
import io.kvasir.loadtest.sim.engine.SimRun;
import io.kvasir.loadtest.sim.engine.SimSetup;
import io.kvasir.loadtest.sim.link.SimLink;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.plan.SwapDecision;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.scheduler.request.FinishedEvent;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * Measures a run. Times are kept in histograms of microseconds: percentiles are exact to 0.1 %.
 * Confined to one thread.
 */
public final class SimRecorder implements SimObserver {
  private static final int DIGITS = 3;
  private static final double TAIL = 0.01;

  private final SimSetup setup;
  private final Histogram ttftMicros = new Histogram(DIGITS);
  private final Histogram tbtMicros = new Histogram(DIGITS);
  private final Histogram e2eMicros = new Histogram(DIGITS);
  private final RequestLog log = new RequestLog();
  private final Set<SimRequest> live = new LinkedHashSet<>();
  private final ServiceWindows windows;
  private final List<TenantTally> tenants = new ArrayList<>();
  private final List<Double> seconds = new ArrayList<>();
  private final List<Integer> running = new ArrayList<>();
  private final List<Integer> waiting = new ArrayList<>();
  private final List<Double> kvShare = new ArrayList<>();
  private final EnumMap<CopyUrgency, Long> blocksByUrgency = new EnumMap<>(CopyUrgency.class);
  private final long blockBytes;
  private long completed;
  private long cachedTokens;
  private long recomputedTokens;
  private long preemptions;

  /** Measures runs of this set-up, once. */
  public SimRecorder(SimSetup setup) {
    this.setup = setup;
    blockBytes = setup.model().geometry(setup.blockTokens()).blockBytes();
    windows = new ServiceWindows(setup.timing().windowNanos());
  }

  @Override
  public void submitted(SimRequest request, long now) {
    while (tenants.size() <= request.tenant()) {
      tenants.add(new TenantTally());
    }
    TenantTally tenant = tenants.get(request.tenant());
    tenant.requests++;
    tenant.promptTokens += request.spec().promptTokenIds().length;
    live.add(request);
    windows.waits(request.tenant(), 1, now);
  }

  @Override
  public void admitted(SimRequest request, long now) {
    windows.waits(request.tenant(), -1, now);
  }

  @Override
  public void preempted(SimRequest request, SwapDecision decision, long now) {
    preemptions++;
    windows.waits(request.tenant(), 1, now);
  }

  @Override
  public void generated(SimRequest request, long gapNanos, long now) {
    TenantTally tenant = tenants.get(request.tenant());
    tenant.outputTokens++;
    windows.serve(request.tenant(), ServiceWindows.OUTPUT_WEIGHT, now);
    if (gapNanos < 0) {
      long ttft = (now - request.spec().arrivalNanos()) / 1000;
      ttftMicros.recordValue(ttft);
      tenant.ttftMicros.recordValue(ttft);
    } else {
      tbtMicros.recordValue(gapNanos / 1000);
      tenant.tbtMicros.recordValue(gapNanos / 1000);
    }
  }

  @Override
  public void prefilled(SimRequest request, int tokens, long now) {
    windows.serve(request.tenant(), ServiceWindows.PROMPT_WEIGHT * tokens, now);
  }

  @Override
  public void ended(SimRequest request, FinishedEvent end, long now) {
    live.remove(request);
    if (request.waiting()) {
      windows.waits(request.tenant(), -1, now);
    }
    cachedTokens += end.cachedTokens();
    recomputedTokens += end.timing().recomputedTokens();
    boolean well = end.reason() == FinishReason.LENGTH || end.reason() == FinishReason.STOP;
    if (well) {
      completed++;
      e2eMicros.recordValue((now - request.spec().arrivalNanos()) / 1000);
      tenants.get(request.tenant()).withinTargets += withinTargets(request) ? 1 : 0;
    }
    log(request, now);
  }

  private static boolean withinTargets(SimRequest request) {
    int ttft = request.spec().ttftMillis();
    int tbt = request.spec().tbtMillis();
    long firstNanos = request.firstTokenNanos() - request.spec().arrivalNanos();
    long decodeNanos = request.lastTokenNanos() - request.firstTokenNanos();
    return (ttft == 0 || firstNanos <= ttft * 1_000_000L)
        && (tbt == 0 || decodeNanos <= tbt * 1_000_000L * (request.tokens() - 1));
  }

  private void log(SimRequest request, long now) {
    log.add(
        request.tenant(),
        request.spec().arrivalNanos(),
        request.firstTokenNanos(),
        now,
        request.stallNanos(now),
        request.spec().promptTokenIds().length,
        request.tokens());
  }

  @Override
  public void carried(String link, CopyJob job, int blocks, long beganNanos, long now) {
    blocksByUrgency.merge(job.urgency(), (long) blocks, Long::sum);
  }

  @Override
  public void sampled(SchedulerStatus status, long now) {
    seconds.add(now / 1e9);
    running.add(status.runningRequests());
    waiting.add(status.waitingRequests());
    kvShare.add((double) status.blocks().owned() / status.blocks().total());
  }

  /** What was measured; to be called once, after the run. */
  public SimMetrics metrics(SimRun.Outcome outcome) {
    live.forEach(request -> log(request, outcome.endNanos()));
    windows.advance(outcome.endNanos());
    double[] weights =
        outcome.tenants().stream()
            .mapToDouble(name -> setup.promises().of(name).weight())
            .toArray();
    double[] jain = windows.jain(weights);
    double jainSum = 0;
    double jainMin = Double.NaN;
    for (double each : jain) {
      jainSum += each;
      jainMin = Double.isNaN(jainMin) ? each : Math.min(jainMin, each);
    }
    List<TenantMetrics> byTenant = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      byTenant.add(tenants.get(i).metrics(outcome.tenants().get(i), weights[i], windows.total(i)));
    }
    return new SimMetrics(
        setup.label(),
        setup.scheduler().policy().label(),
        outcome.endNanos() / 1e9,
        byTenant.stream().mapToLong(TenantMetrics::requests).sum(),
        completed,
        byTenant.stream().mapToLong(TenantMetrics::withinTargets).sum(),
        outcome.unfinished(),
        byTenant.stream().mapToLong(TenantMetrics::promptTokens).sum(),
        cachedTokens,
        byTenant.stream().mapToLong(TenantMetrics::outputTokens).sum(),
        recomputedTokens,
        preemptions,
        victims(outcome.status()),
        traffic(outcome.links()),
        Latency.of(ttftMicros),
        Latency.of(tbtMicros),
        tbtMicros,
        Latency.of(e2eMicros),
        log.stallShare(1),
        log.stallShare(TAIL),
        jain.length == 0 ? Double.NaN : jainSum / jain.length,
        jainMin,
        ServiceDifference.of(
            log, weights, outcome.lastArrivalNanos(), setup.timing().windowNanos()),
        outcome.steps(),
        byTenant,
        new SimTimeline(seconds, running, waiting, kvShare));
  }

  private static Map<String, Long> victims(SchedulerStatus status) {
    Map<String, Long> victims = new TreeMap<>();
    status
        .swaps()
        .victims()
        .forEach((decision, count) -> victims.put(decision.name().toLowerCase(Locale.ROOT), count));
    return victims;
  }

  private SimMetrics.LinkTraffic traffic(List<SimLink> links) {
    long pieces = 0;
    long busyNanos = 0;
    for (SimLink link : links) {
      pieces += link.pieces();
      busyNanos += link.busyNanos();
    }
    return new SimMetrics.LinkTraffic(
        bytes(CopyUrgency.SWAP_OUT),
        bytes(CopyUrgency.RESTORE),
        bytes(CopyUrgency.PREFETCH) + bytes(CopyUrgency.BACKGROUND),
        pieces,
        busyNanos / 1e9);
  }

  private long bytes(CopyUrgency urgency) {
    return blocksByUrgency.getOrDefault(urgency, 0L) * blockBytes;
  }
}

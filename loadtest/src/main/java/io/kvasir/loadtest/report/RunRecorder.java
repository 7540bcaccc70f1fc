package io.kvasir.loadtest.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * Measures one run. Thread-safe: one lock, held for less than a microsecond per event. Times are
 * nanoseconds from the start of the run, warm-up included; what is reported counts from its end.
 */
public final class RunRecorder {
  /**
   * A glance at a run.
   *
   * @param sent requests sent
   * @param ended of these, requests that are over, however they ended
   * @param refused of these, requests turned away
   * @param errors of these, requests that failed
   * @param outputTokens tokens received
   * @param ttftP50Millis median time to first token; 0 before the first
   */
  public record Progress(
      long sent, long ended, long refused, long errors, long outputTokens, double ttftP50Millis) {}

  private final long beginNanos;
  private final Map<String, TenantRecorder> recorders = new LinkedHashMap<>();
  private final Timeline timeline = new Timeline();
  private final Histogram sendLagMicros = new Histogram(3);
  private final Histogram ttftMicros = new Histogram(3);
  private long sent;
  private long ended;
  private long refused;
  private long errors;
  private long outputTokens;
  private long lastNanos;

  /**
   * A recorder for a run about to start.
   *
   * @param tenants reported first and in this order, even without requests; others follow
   * @param beginNanos when measuring begins; no request recorded here is sent before
   */
  public RunRecorder(List<String> tenants, long beginNanos) {
    this.beginNanos = beginNanos;
    tenants.forEach(this::tenant);
  }

  /**
   * A request is sent.
   *
   * @param tenant who asks
   * @param atNanos now
   * @param lagNanos how much later than intended, at least 0
   */
  public synchronized void sent(String tenant, long atNanos, long lagNanos) {
    tenant(tenant).sent++;
    sent++;
    sendLagMicros.recordValue(lagNanos / 1000);
    timeline.waiting(atNanos - beginNanos, 1);
  }

  /** A request is not sent because too many are outstanding. */
  public synchronized void dropped(String tenant) {
    tenant(tenant).dropped++;
  }

  /**
   * The first tokens of a request arrive.
   *
   * @param tenant who asked
   * @param atNanos now
   * @param ttftNanos since the intended send time
   * @param tokens how many, at least 1
   */
  public synchronized void firstTokens(String tenant, long atNanos, long ttftNanos, int tokens) {
    TenantRecorder recorder = tenant(tenant);
    recorder.ttftMicros.recordValue(ttftNanos / 1000);
    ttftMicros.recordValue(ttftNanos / 1000);
    if (tokens > 1) {
      recorder.gap(0, tokens - 1);
    }
    timeline.waiting(atNanos - beginNanos, -1);
    timeline.running(atNanos - beginNanos, 1);
    count(recorder, tenant, atNanos, tokens);
  }

  /**
   * More tokens of a request arrive.
   *
   * @param tenant who asked
   * @param atNanos now
   * @param gapNanos since the tokens before
   * @param tokens how many, at least 1
   */
  public synchronized void moreTokens(String tenant, long atNanos, long gapNanos, int tokens) {
    TenantRecorder recorder = tenant(tenant);
    recorder.gap(gapNanos, tokens);
    count(recorder, tenant, atNanos, tokens);
  }

  /**
   * A request is over.
   *
   * @param tenant who asked
   * @param atNanos now
   * @param end how it ended
   * @param times what it took
   */
  public synchronized void ended(String tenant, long atNanos, RequestEnd end, RequestTimes times) {
    TenantRecorder recorder = tenant(tenant);
    recorder.end(end);
    ended++;
    lastNanos = Math.max(lastNanos, atNanos);
    switch (end.kind()) {
      case OK -> {
        recorder.e2eMicros.recordValue(times.e2eNanos() / 1000);
        if (times.tokens() > 1) {
          recorder.tpotMicros.recordValue(times.tpotNanos() / 1000);
        }
        if (times.withinTargets()) {
          recorder.withinTargets++;
        }
      }
      case REFUSED -> refused++;
      case ERROR -> errors++;
      case DEADLINE, ABORTED, UNFINISHED -> {}
    }
    if (times.tokens() > 0) {
      timeline.running(atNanos - beginNanos, -1);
    } else {
      timeline.waiting(atNanos - beginNanos, -1);
    }
  }

  /** A glance at the run so far. */
  public synchronized Progress progress() {
    return new Progress(
        sent,
        ended,
        refused,
        errors,
        outputTokens,
        ttftMicros.getTotalCount() == 0 ? 0 : ttftMicros.getValueAtPercentile(50) / 1e3);
  }

  /**
   * The report of the run.
   *
   * @param run what was run
   * @param endNanos when sending ended; the run lasts until then or until its last event
   */
  public synchronized LoadReport report(RunInfo run, long endNanos) {
    double seconds = Math.max(0, Math.max(endNanos, lastNanos) - beginNanos) / 1e9;
    TenantRecorder total = new TenantRecorder();
    List<TenantReport> reports = new ArrayList<>();
    recorders.forEach((name, recorder) -> {
      total.add(recorder);
      reports.add(recorder.report(name, seconds));
    });
    return new LoadReport(
        run,
        seconds,
        reports,
        total.report("total", seconds),
        Latency.of(sendLagMicros),
        timeline.series());
  }

  private void count(TenantRecorder recorder, String tenant, long atNanos, int tokens) {
    recorder.outputTokens += tokens;
    outputTokens += tokens;
    timeline.tokens(tenant, atNanos - beginNanos, tokens);
    lastNanos = Math.max(lastNanos, atNanos);
  }

  private TenantRecorder tenant(String name) {
    return recorders.computeIfAbsent(name, key -> new TenantRecorder());
  }
}

package io.kvasir.loadtest.report;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Counts one tenant's requests and times. Guarded by the lock of {@link RunRecorder}. */
final class TenantRecorder {
  private static final int DIGITS = 3;

  final Histogram ttftMicros = new Histogram(DIGITS);
  final Histogram tbtMicros = new Histogram(DIGITS);
  final Histogram tpotMicros = new Histogram(DIGITS);
  final Histogram e2eMicros = new Histogram(DIGITS);
  final Histogram queueMicros = new Histogram(DIGITS);
  final Map<String, Long> refused = new TreeMap<>();
  final Map<String, Long> reasons = new TreeMap<>();
  final Map<String, Long> errors = new TreeMap<>();
  long sent;
  long ok;
  long withinTargets;
  long dropped;
  long deadline;
  long aborted;
  long unfinished;
  long promptTokens;
  long cachedTokens;
  long outputTokens;
  long preemptions;
  long recomputedTokens;

  /** A delta of several tokens is one gap and then tokens that came with it at once. */
  void gap(long gapNanos, int tokens) {
    tbtMicros.recordValue(gapNanos / 1000);
    if (tokens > 1) {
      tbtMicros.recordValueWithCount(0, tokens - 1L);
    }
  }

  void end(RequestEnd end) {
    RequestEnd.Usage usage = end.usage();
    promptTokens += usage.promptTokens();
    cachedTokens += usage.cachedTokens();
    preemptions += usage.preemptions();
    recomputedTokens += usage.recomputedTokens();
    switch (end.kind()) {
      case OK -> {
        ok++;
        queueMicros.recordValue(Math.round(usage.queueMillis() * 1e3));
      }
      case REFUSED -> {
        refused.merge(end.code(), 1L, Long::sum);
        reasons.merge(end.reason().isEmpty() ? end.code() : end.reason(), 1L, Long::sum);
      }
      case ERROR -> errors.merge(end.code(), 1L, Long::sum);
      case DEADLINE -> deadline++;
      case ABORTED -> aborted++;
      case UNFINISHED -> unfinished++;
    }
  }

  void add(TenantRecorder other) {
    ttftMicros.add(other.ttftMicros);
    tbtMicros.add(other.tbtMicros);
    tpotMicros.add(other.tpotMicros);
    e2eMicros.add(other.e2eMicros);
    queueMicros.add(other.queueMicros);
    other.refused.forEach((code, count) -> refused.merge(code, count, Long::sum));
    other.reasons.forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
    other.errors.forEach((code, count) -> errors.merge(code, count, Long::sum));
    sent += other.sent;
    ok += other.ok;
    withinTargets += other.withinTargets;
    dropped += other.dropped;
    deadline += other.deadline;
    aborted += other.aborted;
    unfinished += other.unfinished;
    promptTokens += other.promptTokens;
    cachedTokens += other.cachedTokens;
    outputTokens += other.outputTokens;
    preemptions += other.preemptions;
    recomputedTokens += other.recomputedTokens;
  }

  TenantReport report(String name, double seconds) {
    return new TenantReport(
        name,
        sent,
        ok,
        withinTargets,
        Map.copyOf(refused),
        Map.copyOf(reasons),
        dropped,
        Map.copyOf(errors),
        deadline,
        aborted,
        unfinished,
        promptTokens,
        cachedTokens,
        outputTokens,
        preemptions,
        recomputedTokens,
        Latency.of(ttftMicros),
        Latency.of(tbtMicros),
        Latency.of(tpotMicros),
        Latency.of(e2eMicros),
        Latency.of(queueMicros),
        seconds);
  }
}

package io.kvasir.loadtest.report;

import java.util.Map;
import java.util.TreeMap;

/**
 * What one tenant, or all together, asked and got.
 *
 * @param name the tenant
 * @param sent requests sent
 * @param ok of these, requests answered to their end
 * @param withinTargets of these, requests whose time to first token and mean time between tokens
 *     met their targets; a request without targets meets them
 * @param refused requests turned away before acceptance, by gRPC status
 * @param reasons the same by the server's reason; by gRPC status where it gave none
 * @param dropped requests not sent because too many were outstanding already
 * @param errors requests that failed, by gRPC status
 * @param deadline requests ended by their deadline
 * @param aborted requests ended by the server
 * @param unfinished requests still running when the driver gave up
 * @param promptTokens tokens of the prompts of ended requests
 * @param cachedTokens of these, found in the prefix cache
 * @param outputTokens tokens received
 * @param preemptions how often requests were preempted
 * @param recomputedTokens tokens computed again because of that
 * @param ttft time to first token, from the intended send time
 * @param tbt time between tokens; a message of k tokens counts as its gap and k - 1 zeros
 * @param tpot mean time per output token of each request, the first excluded
 * @param e2e from the intended send time to the end, of answered requests
 * @param queue time in the server's queue, of answered requests
 * @param seconds length of the run
 */
public record TenantReport(
    String name,
    long sent,
    long ok,
    long withinTargets,
    Map<String, Long> refused,
    Map<String, Long> reasons,
    long dropped,
    Map<String, Long> errors,
    long deadline,
    long aborted,
    long unfinished,
    long promptTokens,
    long cachedTokens,
    long outputTokens,
    long preemptions,
    long recomputedTokens,
    Latency ttft,
    Latency tbt,
    Latency tpot,
    Latency e2e,
    Latency queue,
    double seconds) {
  /** Copies the counts, ordered by code. */
  public TenantReport {
    refused = new TreeMap<>(refused);
    reasons = new TreeMap<>(reasons);
    errors = new TreeMap<>(errors);
  }

  /** All refusals by the server. */
  public long refusedTotal() {
    return refused.values().stream().mapToLong(Long::longValue).sum();
  }

  /** All errors. */
  public long errorsTotal() {
    return errors.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Output tokens per second of the run. */
  public double tokensPerSecond() {
    return seconds > 0 ? outputTokens / seconds : 0;
  }

  /** Requests per second that met their targets. */
  public double goodputPerSecond() {
    return seconds > 0 ? withinTargets / seconds : 0;
  }

  /** Share of the requests, dropped ones included, that met their targets; 1 without requests. */
  public double attainment() {
    long asked = sent + dropped;
    return asked == 0 ? 1 : (double) withinTargets / asked;
  }

  /** Share of the prompt tokens that came from the prefix cache, 0 to 1. */
  public double cachedShare() {
    return promptTokens > 0 ? (double) cachedTokens / promptTokens : 0;
  }
}

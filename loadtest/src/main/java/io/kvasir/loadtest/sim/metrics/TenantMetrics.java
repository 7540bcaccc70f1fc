package io.kvasir.loadtest.sim.metrics;

import io.kvasir.loadtest.report.Latency;

/**
 * One tenant of a simulated run.
 *
 * @param name who
 * @param weight its share
 * @param requests sent
 * @param withinTargets of these, ended well and within their targets
 * @param promptTokens tokens of its prompts
 * @param outputTokens tokens generated for it
 * @param service 1 per uncached prompt token computed, 2 per token generated
 * @param ttft time to first token
 * @param tbt time between tokens, every gap
 */
public record TenantMetrics(
    String name,
    double weight,
    long requests,
    long withinTargets,
    long promptTokens,
    long outputTokens,
    double service,
    Latency ttft,
    Latency tbt) {

  /** Share of its requests that ended well and within their targets; 1 without requests. */
  public double attainment() {
    return requests == 0 ? 1 : (double) withinTargets / requests;
  }
}

package io.kvasir.loadtest.sim.metrics;

import io.kvasir.loadtest.report.Latency;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What one simulated run was measured by: a row of a report. Times are virtual.
 *
 * @param label names the row
 * @param policy the scheduler's policy
 * @param seconds to the last end, or to the stop
 * @param sent requests sent
 * @param completed of these, ended at their length or a stop token
 * @param withinTargets of these, within their targets: TTFT, and mean time between tokens
 * @param unfinished requests left when the run was stopped, those never sent included
 * @param promptTokens tokens of the prompts of the requests that were sent
 * @param cachedTokens of these, found in the cache at first admission
 * @param outputTokens tokens generated
 * @param recomputedTokens tokens computed again after preemptions
 * @param preemptions times that a request lost its blocks
 * @param victims preemptions by what became of the KV
 * @param traffic bytes, pieces and busy time of the links
 * @param ttft time to first token, of all requests that got one
 * @param tbt time between tokens, every gap
 * @param gaps the same, microseconds, to be added to those of other runs; not to be changed
 * @param e2e from sending to the end, of completed requests
 * @param stallShare share of all requests' time between a preemption and the next token
 * @param tailStallShare the same of the slowest hundredth of the requests
 * @param jain mean of Jain's index over the windows with backlogged tenants; NaN without any
 * @param jainMin smallest of these; NaN without any
 * @param difference service difference as VTC's evaluation has it
 * @param steps steps planned
 * @param tenants by tenant
 * @param timeline over time
 */
public record SimMetrics(
    String label,
    String policy,
    double seconds,
    long sent,
    long completed,
    long withinTargets,
    long unfinished,
    long promptTokens,
    long cachedTokens,
    long outputTokens,
    long recomputedTokens,
    long preemptions,
    Map<String, Long> victims,
    LinkTraffic traffic,
    Latency ttft,
    Latency tbt,
    Histogram gaps,
    Latency e2e,
    double stallShare,
    double tailStallShare,
    double jain,
    double jainMin,
    ServiceDifference difference,
    long steps,
    List<TenantMetrics> tenants,
    SimTimeline timeline) {

  /**
   * What the links of the tiers carried.
   *
   * @param swapOutBytes KV of preempted requests, away from the device
   * @param swapInBytes KV that admitted requests waited for, towards the device: of preempted
   *     requests, and of cached prefixes
   * @param demotedBytes copies that nobody waited for
   * @param pieces pieces copied
   * @param busySeconds time that links were busy, summed
   */
  public record LinkTraffic(
      long swapOutBytes, long swapInBytes, long demotedBytes, long pieces, double busySeconds) {

    /** Bytes that somebody waited for. */
    public long swapBytes() {
      return swapOutBytes + swapInBytes;
    }
  }

  /** Tokens generated per second. */
  public double throughput() {
    return seconds == 0 ? 0 : outputTokens / seconds;
  }

  /** Prompt tokens computed, each once, and tokens generated, per second. */
  public double processed() {
    double service = tenants.stream().mapToDouble(TenantMetrics::service).sum();
    return seconds == 0 ? 0 : (service - outputTokens) / seconds;
  }

  /** Share of the requests sent that ended well and within their targets; 1 without requests. */
  public double attainment() {
    return sent == 0 ? 1 : (double) withinTargets / sent;
  }

  /** Requests per second that ended well and within their targets. */
  public double goodput() {
    return seconds == 0 ? 0 : withinTargets / seconds;
  }
}

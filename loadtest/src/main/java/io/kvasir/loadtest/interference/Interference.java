package io.kvasir.loadtest.interference;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;

/**
 * Steps with and without a request that swaps, of one tier, block size and share. Times are medians
 * over the pairs of windows.
 *
 * @param tier where the request is swapped to
 * @param blockBytes size of its blocks
 * @param sharePercent of the time in which a copy thread works beside a step
 * @param p50AloneNanos median step while nothing is copied
 * @param p50SwappingNanos median step while the request swaps
 * @param p99AloneNanos of 100 steps 99 take no longer, while nothing is copied
 * @param p99SwappingNanos of 100 steps 99 take no longer, while the request swaps
 * @param p50Ratio median of the pairs' ratios of medians
 * @param p99Ratio median of the pairs' ratios of p99
 * @param p99RatioLow a quarter of the pairs has a smaller ratio
 * @param p99RatioHigh a quarter of the pairs has a larger ratio
 * @param noise median ratio of the p99 of neighbouring windows without copies: what 1.0 looks like
 * @param copiedBytesPerSecond bytes copied per second of swapping
 */
record Interference(
    @JsonProperty("tier") String tier,
    @JsonProperty("block_bytes") int blockBytes,
    @JsonProperty("share_percent") int sharePercent,
    @JsonProperty("p50_alone_ns") double p50AloneNanos,
    @JsonProperty("p50_swapping_ns") double p50SwappingNanos,
    @JsonProperty("p99_alone_ns") double p99AloneNanos,
    @JsonProperty("p99_swapping_ns") double p99SwappingNanos,
    @JsonProperty("p50_ratio") double p50Ratio,
    @JsonProperty("p99_ratio") double p99Ratio,
    @JsonProperty("p99_ratio_low") double p99RatioLow,
    @JsonProperty("p99_ratio_high") double p99RatioHigh,
    @JsonProperty("noise_ratio") double noise,
    @JsonProperty("copied_bytes_s") double copiedBytesPerSecond) {

  /** The value below which a share of the values lies. */
  static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1L, Math.round(share * (sorted.length - 1)))];
  }

  static double median(double[] values) {
    return quantile(values, 0.5);
  }
}

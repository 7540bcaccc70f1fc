package io.kvasir.loadtest.report;

/**
 * What a request took, as its client measured it.
 *
 * @param e2eNanos from the intended send time to the end
 * @param ttftNanos from the intended send time to the first token; 0 without one
 * @param decodeNanos from the first token to the last
 * @param tokens tokens received
 * @param withinTargets whether its latency targets were met
 */
public record RequestTimes(
    long e2eNanos, long ttftNanos, long decodeNanos, long tokens, boolean withinTargets) {
  /** Mean time per output token, the first excluded; needs two tokens. */
  long tpotNanos() {
    return decodeNanos / (tokens - 1);
  }
}

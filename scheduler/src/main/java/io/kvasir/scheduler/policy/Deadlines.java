package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.request.Request;
import java.util.concurrent.TimeUnit;

/**
 * When requests' next tokens are due, nanoseconds: token {@code j} at {@code arrival + TTFT + j *
 * TBT}, as FairBatching defines it; from the first token on if that came late. Targets are the
 * request's, which are the tighter of its own and its tenant's when it came; who has none is given
 * a default. Confined to the scheduler loop.
 */
final class Deadlines {
  /* Decades: what is due later still is as good as never due, and far from an overflow. */
  private static final long FARTHEST_NANOS = 1L << 60;

  private final int ttftMillis;
  private final int tbtMillis;
  private double nanosPerToken;

  /**
   * Deadlines.
   *
   * @param ttftMillis target of who has none, for the first token
   * @param tbtMillis target of who has none, for the others
   */
  Deadlines(int ttftMillis, int tbtMillis) {
    this.ttftMillis = ttftMillis;
    this.tbtMillis = tbtMillis;
  }

  /** What computing one prompt token takes from now on; NaN while unknown. */
  void estimate(double nanos) {
    nanosPerToken = Double.isNaN(nanos) ? 0 : nanos;
  }

  /** When the first token is due. */
  long firstToken(Request request) {
    int wanted = request.spec().ttftMillis();
    int target = wanted > 0 ? wanted : ttftMillis;
    return request.spec().arrivalNanos() + TimeUnit.MILLISECONDS.toNanos(target);
  }

  /** When the next token is due. */
  long nextToken(Request request) {
    int tokens = request.completionTokens();
    long first = firstToken(request);
    if (tokens == 0) {
      return first;
    }
    int wanted = request.spec().tbtMillis();
    int target = wanted > 0 ? wanted : tbtMillis;
    long since = Math.max(first, request.times().firstTokenOr(first));
    long pace = TimeUnit.MILLISECONDS.toNanos((long) tokens * target);
    return since + Math.min(pace, FARTHEST_NANOS);
  }

  /** When computing must begin for the next token to be in time, by the present estimate. */
  long latestStart(Request request) {
    return nextToken(request) - (long) (request.tokenCount() * nanosPerToken);
  }
}

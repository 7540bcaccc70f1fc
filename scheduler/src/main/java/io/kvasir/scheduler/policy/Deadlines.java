package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.request.Request;
import java.util.concurrent.TimeUnit;

/**
 * When requests' next tokens are due, nanoseconds: token {@code j} at {@code arrival + TTFT + j *
 * TBT}, as FairBatching defines it; from the first token on if that came late. Targets are the
 * tighter of the request's and its tenant's; who has none is given a default. Confined to the
 * scheduler loop.
 */
final class Deadlines {
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
    int target =
        tighter(request.spec().ttftMillis(), request.tenant().spec().ttftMillis(), ttftMillis);
    return request.spec().arrivalNanos() + TimeUnit.MILLISECONDS.toNanos(target);
  }

  /** When the next token is due. */
  long nextToken(Request request) {
    int tokens = request.completionTokens();
    long first = firstToken(request);
    if (tokens == 0) {
      return first;
    }
    int target =
        tighter(request.spec().tbtMillis(), request.tenant().spec().tbtMillis(), tbtMillis);
    long since = Math.max(first, request.times().firstTokenOr(first));
    return since + tokens * TimeUnit.MILLISECONDS.toNanos(target);
  }

  /** When computing must begin for the next token to be in time, by the present estimate. */
  long latestStart(Request request) {
    return nextToken(request) - (long) (request.tokenCount() * nanosPerToken);
  }

  private static int tighter(int ofRequest, int ofTenant, int otherwise) {
    if (ofRequest > 0 && ofTenant > 0) {
      return Math.min(ofRequest, ofTenant);
    }
    int either = Math.max(ofRequest, ofTenant);
    return either > 0 ? either : otherwise;
  }
}

package io.kvasir.scheduler.request;

import java.util.concurrent.TimeUnit;

/** What happened to one request, and when: nanoseconds on the server's monotonic clock. */
public final class RequestTimes {
  private final long arrival;
  private boolean scheduled;
  private boolean generated;
  private long firstScheduled;
  private long firstToken;
  private long lastToken;
  private long finished;
  private boolean stalled;
  private long stalledSince;
  private long stallNanos;
  private int preemptions;
  private int recomputedTokens;

  RequestTimes(long arrival) {
    this.arrival = arrival;
  }

  void scheduled(long now) {
    scheduled = true;
    firstScheduled = now;
  }

  void token(long now) {
    if (!generated) {
      generated = true;
      firstToken = now;
    }
    lastToken = now;
  }

  void preempted() {
    preemptions++;
  }

  void computedAgain(int tokens) {
    recomputedTokens += tokens;
  }

  /** It lost its blocks. */
  void stalls(long now) {
    if (!stalled) {
      stalled = true;
      stalledSince = now;
    }
  }

  /** Since it lost its blocks; 0 if it has none to miss. */
  public long stalledFor(long now) {
    return stalled ? now - stalledSince : 0;
  }

  /** When it lost its blocks; {@code now} if it has none to miss. */
  public long stalledSince(long now) {
    return stalled ? stalledSince : now;
  }

  /** It makes progress again, or never will. */
  void endsStall(long now) {
    stallNanos += stalledFor(now);
    stalled = false;
  }

  void finished(long now) {
    endsStall(now);
    finished = now;
  }

  /** How often it lost its blocks to another request. */
  public int preemptions() {
    return preemptions;
  }

  /** When its first token came; before that, {@code otherwise}. */
  public long firstTokenOr(long otherwise) {
    return generated ? firstToken : otherwise;
  }

  /** Since the arrival before the first token, since the last token after it. */
  public long sinceLastToken(long now) {
    return now - (generated ? lastToken : arrival);
  }

  /**
   * When the token after those generated and in flight is due so that a stream keeps its pace:
   * token j at first token + j x target. A stream that is early may spend what it saved, but no gap
   * is planned longer than twice the target.
   *
   * @param tbtMillis target, 0: none
   * @param generated tokens that have come
   * @param inFlight tokens that are being computed
   * @return nanoseconds; the largest long without a target or a first token
   */
  public long nextTokenDue(int tbtMillis, int generated, int inFlight) {
    if (tbtMillis == 0 || !this.generated) {
      return Long.MAX_VALUE;
    }
    long target = TimeUnit.MILLISECONDS.toNanos(tbtMillis);
    long pace = TimeUnit.MILLISECONDS.toNanos((long) (generated + inFlight) * tbtMillis);
    long inPace = firstToken + Math.min(pace, Long.MAX_VALUE / 2);
    return Math.min(inPace, lastToken + (inFlight + 2) * target);
  }

  /** Where its time went, and what it found: {@code hits}. */
  public RequestTiming timing(RequestHits hits) {
    return new RequestTiming(
        scheduled ? firstScheduled - arrival : 0,
        generated ? firstToken - arrival : 0,
        generated ? firstToken - firstScheduled : 0,
        generated ? lastToken - firstToken : 0,
        finished - arrival,
        preemptions,
        stallNanos,
        recomputedTokens,
        hits.byPlace());
  }
}

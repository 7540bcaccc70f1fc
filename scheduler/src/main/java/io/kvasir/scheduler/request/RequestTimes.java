package io.kvasir.scheduler.request;

/** When things happened to one request, nanoseconds on the server's monotonic clock. */
public final class RequestTimes {
  private final long arrival;
  private boolean scheduled;
  private boolean generated;
  private long firstScheduled;
  private long firstToken;
  private long lastToken;
  private long finished;

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

  void finished(long now) {
    finished = now;
  }

  /** Since the arrival before the first token, since the last token after it. */
  public long sinceLastToken(long now) {
    return now - (generated ? lastToken : arrival);
  }

  RequestTiming timing(int preemptions, int recomputedTokens) {
    return new RequestTiming(
        scheduled ? firstScheduled - arrival : 0,
        generated ? firstToken - arrival : 0,
        generated ? firstToken - firstScheduled : 0,
        generated ? lastToken - firstToken : 0,
        finished - arrival,
        preemptions,
        recomputedTokens);
  }
}

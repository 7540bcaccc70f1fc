package io.kvasir.scheduler.request;

/** What happened to one request, and when: nanoseconds on the server's monotonic clock. */
public final class RequestTimes {
  private final long arrival;
  private boolean scheduled;
  private boolean generated;
  private long firstScheduled;
  private long firstToken;
  private long lastToken;
  private long finished;
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

  void finished(long now) {
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

  RequestTiming timing() {
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

package io.kvasir.scheduler.tenant;

/**
 * What one tenant uses: its requests on their way, what is left of its rates, and counts. Each
 * method is one short step that any thread may take; who needs several together takes a lock of its
 * own.
 */
public final class TenantUsage {

  /**
   * All of it at one moment.
   *
   * @param queuedRequests accepted and not scheduled yet
   * @param queuedPromptTokens tokens of their prompts
   * @param concurrentRequests accepted and not ended, queued ones included
   * @param acceptedRequests since the tenant is known
   * @param refusedRequests since the tenant is known
   * @param requestsLeft requests it could send at once; 0 without a limit
   * @param tokensLeft tokens it could ask for at once, negative in debt; 0 without a limit
   */
  public record Figures(
      int queuedRequests,
      long queuedPromptTokens,
      int concurrentRequests,
      long acceptedRequests,
      long refusedRequests,
      double requestsLeft,
      double tokensLeft) {}

  private final TokenBucket requests = new TokenBucket();
  private final TokenBucket tokens = new TokenBucket();
  private final FinishRate finishRate = new FinishRate();
  private boolean retired;

  /* Those that are being looked at included. */
  private int places;

  private int concurrent;
  private int queued;
  private double waitingWeight;
  private long queuedTokens;
  private long accepted;
  private long refused;

  /** Takes a place in the system; false if the tenant was forgotten: look it up again. */
  public synchronized boolean hold() {
    places += retired ? 0 : 1;
    return !retired;
  }

  /** Gives back a place that nothing was done with. */
  public synchronized void refuse() {
    places--;
    refused++;
  }

  /** Forgets the tenant if it has nothing in the system; false otherwise. */
  synchronized boolean retire() {
    retired |= places == 0;
    return retired;
  }

  /** Fills what was used of the rates, as of now. */
  public synchronized void advance(TenantSpec promised, long now) {
    requests.advance(promised.requests(), now);
    tokens.advance(promised.tokens(), now);
  }

  /** How long until one more request is let in, as of the last {@link #advance}; 0: now. */
  public synchronized long requestWaitNanos() {
    return requests.nanosUntil(1);
  }

  /** How long until so many tokens are let in, as of the last {@link #advance}; 0: now. */
  public synchronized long tokenWaitNanos(long amount) {
    return tokens.nanosUntil((double) amount);
  }

  /**
   * A request that holds a place is accepted, and waits.
   *
   * @param promptTokens of it
   * @param mostTokens prompt and longest output
   * @param now nanoseconds
   * @return the tokens charged
   */
  public synchronized double accept(int promptTokens, long mostTokens, long now) {
    accepted++;
    concurrent++;
    finishRate.began(now);
    queued++;
    queuedTokens += promptTokens;
    requests.take(1);
    return tokens.take((double) mostTokens);
  }

  /** A request that waited does no more. */
  public synchronized void dequeue(int promptTokens) {
    queued--;
    queuedTokens -= promptTokens;
  }

  /** An accepted request is over; {@code unused} of the tokens it was charged are given back. */
  public synchronized void end(double unused, long now) {
    places--;
    concurrent--;
    tokens.giveBack(Math.max(0, unused));
    finishRate.finished(now);
  }

  /** Accepted and not ended. */
  public synchronized int concurrent() {
    return concurrent;
  }

  public synchronized int queued() {
    return queued;
  }

  /** The weight with which it counts among those that wait; 0 while it does not. */
  public synchronized double waitingWeight() {
    return waitingWeight;
  }

  /** From now on it counts with this weight among those that wait. */
  public synchronized void waitingWeight(double weight) {
    waitingWeight = weight;
  }

  public synchronized long queuedTokens() {
    return queuedTokens;
  }

  /** When its requests that wait or run have made room, by how fast they end; milliseconds. */
  public long retryMillis(int waiting) {
    return finishRate.retryMillis(waiting);
  }

  /** All of it, as of now. */
  public synchronized Figures figures(TenantSpec promised, long now) {
    advance(promised, now);
    return new Figures(
        queued, queuedTokens, concurrent, accepted, refused, requests.level(), tokens.level());
  }
}

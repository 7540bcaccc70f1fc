package io.kvasir.loadtest.sim.device;

/**
 * What one step has to compute, summed up over its requests. Reused from step to step. Confined to
 * one thread.
 */
public final class StepLoad {
  private int requests;
  private long tokens;
  private long pairs;
  private long contextTokens;

  /** An empty step. */
  public void clear() {
    requests = 0;
    tokens = 0;
    pairs = 0;
    contextTokens = 0;
  }

  /**
   * Adds one request's part.
   *
   * @param start tokens whose KV exists
   * @param count tokens computed behind them, at least 1
   */
  public void add(long start, long count) {
    requests++;
    tokens += count;
    // Token i of the chunk attends to the start, to those before it in the chunk, and to itself.
    pairs += count * start + count * (count + 1) / 2;
    contextTokens += start + count;
  }

  public int requests() {
    return requests;
  }

  /** Tokens computed. */
  public long tokens() {
    return tokens;
  }

  /** Pairs of a token computed and a token that it attends to. */
  public long pairs() {
    return pairs;
  }

  /** Tokens whose KV is read, each request's once. */
  public long contextTokens() {
    return contextTokens;
  }
}

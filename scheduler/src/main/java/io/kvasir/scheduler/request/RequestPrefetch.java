package io.kvasir.scheduler.request;

/**
 * What was loaded ahead of one request's admission, in blocks from the front: a part of {@link
 * RequestSwap}. Confined to the scheduler loop.
 */
public final class RequestPrefetch {
  private int begin;
  private int end;
  private boolean over;

  RequestPrefetch() {}

  /** End of the blocks that were ordered; 0 if none was. */
  public int end() {
    return end;
  }

  /** Whether nothing more is loaded before it is admitted. */
  public boolean over() {
    return over;
  }

  /** So many blocks behind the {@code from} first ones were ordered. */
  public void ordered(int from, int blocks) {
    if (blocks > 0) {
      begin = end == 0 ? from : begin;
      end = from + blocks;
    }
  }

  /** There is no more to load. */
  public void stop() {
    over = true;
  }

  /** Blocks that were loaded ahead among the first {@code shared}. */
  public int hits(int shared) {
    return Math.max(0, Math.min(shared, end) - begin);
  }

  /** It was admitted, or its worker was lost. */
  public void reset() {
    begin = 0;
    end = 0;
    over = false;
  }
}

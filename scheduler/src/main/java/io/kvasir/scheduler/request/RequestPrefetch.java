package io.kvasir.scheduler.request;

import java.util.ArrayList;
import java.util.List;

/**
 * What was loaded ahead of one request's admission, in blocks from the front: a part of {@link
 * RequestSwap}. Confined to the scheduler loop.
 */
public final class RequestPrefetch {
  private final List<String> places = new ArrayList<>(0);
  private int begin;
  private boolean over;

  RequestPrefetch() {}

  /** End of the blocks that were ordered; 0 if none was. */
  public int end() {
    return places.isEmpty() ? 0 : begin + places.size();
  }

  /** Whether nothing more is loaded before it is admitted. */
  public boolean over() {
    return over;
  }

  /**
   * A block was ordered, behind those before.
   *
   * @param tier its name
   */
  public void ordered(int block, String tier) {
    if (places.isEmpty()) {
      begin = block;
    }
    while (end() > 0 && end() < block) {
      places.add(HitTokens.ARENA);
    }
    places.add(tier);
  }

  /** The request was admitted first with so many blocks in the arena: where they were before. */
  void found(int shared, int blockTokens, RequestHits hits) {
    int ahead = hits(shared);
    hits.add(HitTokens.ARENA, (shared - ahead) * blockTokens);
    for (int i = 0; i < ahead; i++) {
      hits.add(places.get(i), blockTokens);
    }
  }

  /** There is no more to load. */
  public void stop() {
    over = true;
  }

  /** Blocks that were loaded ahead among the first {@code shared}. */
  public int hits(int shared) {
    return Math.max(0, Math.min(shared, end()) - begin);
  }

  /** It was admitted, or its worker was lost. */
  public void reset() {
    places.clear();
    begin = 0;
    over = false;
  }
}

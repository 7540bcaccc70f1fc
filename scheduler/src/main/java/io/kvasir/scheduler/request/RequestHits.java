package io.kvasir.scheduler.request;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the tokens of a prompt were found when it was admitted first, and what was loaded for it
 * while it waited, before that: a part of {@link Request}. What it gets back after a preemption is
 * no hit. Confined to the scheduler loop; allocates for hits only.
 */
public final class RequestHits {
  private final List<HitTokens> places = new ArrayList<>(0);
  private int tokens;

  RequestHits() {}

  /**
   * So many tokens more were found.
   *
   * @param place {@link HitTokens#ARENA} or the name of a tier
   */
  public void add(String place, int count) {
    if (count == 0) {
      return;
    }
    tokens += count;
    for (int i = 0; i < places.size(); i++) {
      if (places.get(i).place().equals(place)) {
        places.set(i, new HitTokens(place, places.get(i).tokens() + count));
        return;
      }
    }
    places.add(new HitTokens(place, count));
  }

  /** All of them. */
  public int tokens() {
    return tokens;
  }

  /** Them by place, in the order of finding. */
  public List<HitTokens> byPlace() {
    return List.copyOf(places);
  }
}

package io.kvasir.kvpool.residency;

import java.util.Map;
import java.util.TreeMap;

/** How often each interesting case was met; a generator that misses one proves nothing. */
final class Coverage {
  private final Map<String, Integer> counts = new TreeMap<>();

  void met(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  Map<String, Integer> counts() {
    return counts;
  }
}

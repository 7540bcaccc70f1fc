package io.kvasir.kvpool.prefix;

import java.util.HashMap;
import java.util.Map;

/**
 * A prefix index in a {@link HashMap}: plainly right, and makes garbage. It is the oracle of {@link
 * OpenPrefixIndex} in tests and its baseline in benchmarks.
 *
 * <p>Confined to one thread.
 */
public final class NaivePrefixIndex implements PrefixIndex {
  private record Key(long hi, long lo) {}

  private final Map<Key, Integer> blocks = new HashMap<>();

  @Override
  public int find(long hi, long lo) {
    return blocks.getOrDefault(new Key(hi, lo), ABSENT);
  }

  @Override
  public int putIfAbsent(long hi, long lo, int block) {
    Integer known = blocks.putIfAbsent(new Key(hi, lo), block);
    return known == null ? ABSENT : known;
  }

  @Override
  public void remove(long hi, long lo) {
    if (blocks.remove(new Key(hi, lo)) == null) {
      throw new IllegalStateException("hash %016x%016x is not registered".formatted(hi, lo));
    }
  }

  @Override
  public int size() {
    return blocks.size();
  }
}

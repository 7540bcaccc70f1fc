package io.kvasir.offload.index;

import java.util.random.RandomGenerator;

/** Entries for tests. */
final class IndexEntries {
  private IndexEntries() {}

  /** An entry all of whose fields follow from its key and a version. */
  static IndexEntry entry(long key, int version) {
    long mixed = mix(key * 31 + version);
    return new IndexEntry(
        hi(key),
        lo(key),
        (int) (mixed >>> 40),
        mixed & ~4095,
        4096 * (1 + (int) (mixed & 0xff)),
        (int) (mixed >>> 3),
        version % 3,
        (int) mixed,
        mix(mixed),
        (int) (mixed >>> 17),
        1 + (int) (mixed & 15),
        version,
        1_700_000_000_000L + 1_000L * version);
  }

  /** An entry whose fields mean nothing; negative numbers too. */
  static IndexEntry random(RandomGenerator random, long key) {
    return new IndexEntry(
        hi(key),
        lo(key),
        random.nextInt(4),
        random.nextLong(),
        random.nextInt(),
        random.nextInt(),
        random.nextInt(),
        random.nextInt(),
        random.nextLong(),
        random.nextInt(),
        random.nextInt(),
        random.nextInt(),
        random.nextLong(1_000_000));
  }

  static long hi(long key) {
    return mix(key);
  }

  static long lo(long key) {
    return mix(~key);
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}

package io.kvasir.worker.runner.hash;

/**
 * The arithmetic of the hash oracle. A position's KV is two 64-bit words; the key chains over the
 * key before it, so it stands for the whole prefix. Mixing is the finaliser of SplitMix64 (Steele,
 * Lea, Flood 2014).
 */
final class KvHash {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final long KEY_SALT = 0x6B7661736972_4B00L;
  private static final long VALUE_SALT = 0x6B7661736972_5600L;

  /** The key before position 0. */
  static final long ROOT = mix(KEY_SALT);

  private KvHash() {}

  /** K of a position. */
  static long key(long previousKey, int token, int position) {
    long input = ((long) position << 32) | (token & 0xFFFFFFFFL);
    return mix(previousKey * GOLDEN + mix(input + KEY_SALT));
  }

  /** V of a position. */
  static long value(long key, int token) {
    return mix(key ^ mix(token + VALUE_SALT));
  }

  /** Takes one position's KV into the digest of all before it, in order. */
  static long absorb(long digest, long key, long value) {
    return mix(mix(digest * GOLDEN + key) * GOLDEN + value);
  }

  /** The token that follows a sequence with this digest; never below the reserved ids. */
  static int nextToken(long digest, int vocabularySize) {
    int usable = vocabularySize - HashModelRunner.RESERVED_IDS;
    return HashModelRunner.RESERVED_IDS + (int) Long.remainderUnsigned(mix(digest), usable);
  }

  private static long mix(long z) {
    z += GOLDEN;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}

package io.kvasir.kvpool.prefix;

/**
 * SipHash-2-4 with 128-bit output (Aumasson and Bernstein, "SipHash: a fast short-input PRF", and
 * the authors' reference code), fed with 64-bit little-endian words. One instance is reused for
 * every message and allocates nothing.
 *
 * <p>Confined to one thread.
 */
final class SipHash128 {
  private long v0;
  private long v1;
  private long v2;
  private long v3;
  private long bytes;
  private long lo;
  private long hi;

  /** Starts a message under the key {@code (k0, k1)}. */
  void start(long k0, long k1) {
    v0 = k0 ^ 0x736f6d6570736575L;
    v1 = k1 ^ 0x646f72616e646f6dL ^ 0xee;
    v2 = k0 ^ 0x6c7967656e657261L;
    v3 = k1 ^ 0x7465646279746573L;
    bytes = 0;
  }

  /** Adds eight bytes. */
  void word(long word) {
    compress(word);
    bytes += Long.BYTES;
  }

  /**
   * Adds the last {@code count} bytes, 0 to 7, which are the low ones of {@code tail}, and ends.
   */
  void finish(long tail, int count) {
    compress(((bytes + count) << 56) | tail);
    v2 ^= 0xee;
    rounds(4);
    lo = v0 ^ v1 ^ v2 ^ v3;
    v1 ^= 0xdd;
    rounds(4);
    hi = v0 ^ v1 ^ v2 ^ v3;
  }

  /** The first eight bytes of the last finished message's hash, as a little-endian word. */
  long lo() {
    return lo;
  }

  /** The last eight bytes of the last finished message's hash, as a little-endian word. */
  long hi() {
    return hi;
  }

  private void compress(long word) {
    v3 ^= word;
    rounds(2);
    v0 ^= word;
  }

  private void rounds(int count) {
    long a = v0;
    long b = v1;
    long c = v2;
    long d = v3;
    for (int i = 0; i < count; i++) {
      a += b;
      b = Long.rotateLeft(b, 13) ^ a;
      a = Long.rotateLeft(a, 32);
      c += d;
      d = Long.rotateLeft(d, 16) ^ c;
      a += d;
      d = Long.rotateLeft(d, 21) ^ a;
      c += b;
      b = Long.rotateLeft(b, 17) ^ c;
      c = Long.rotateLeft(c, 32);
    }
    v0 = a;
    v1 = b;
    v2 = c;
    v3 = d;
  }
}

package io.kvasir.kvpool.prefix;

/**
 * Hashes one full block of tokens, chained to the block before it.
 *
 * <p>{@code hash(block i) = SipHash-2-4-128(key = hash(block i-1), message = the block's tokens)},
 * and the first key is the request's {@link CacheSalt}. A hash therefore names the salt and every
 * token from the start of the prompt to the end of the block, which is what the block's KV depends
 * on. SipHash: Aumasson and Bernstein, "SipHash: a fast short-input PRF"; the 128-bit output is
 * that of the authors' reference code. Tokens are 32-bit little-endian integers in the message.
 *
 * <p><b>Collisions.</b> The pool trusts equal hashes and does not compare tokens. Among n different
 * hashes the chance that any two meet is about n²/2^129: a pool that hashes a million blocks a
 * second for ten years has seen 3·10^14 of them at a risk of about 10^-10. That covers accidents.
 * Attackers choose their tokens; they are covered as long as they do not know the key, see {@link
 * CacheSalt}.
 *
 * <p>Confined to one thread, and allocates nothing; {@link #hi} and {@link #lo} answer for the last
 * {@link #hash}.
 */
public final class BlockHasher {
  private static final int COMPRESSION_ROUNDS = 2;
  private static final int FINAL_ROUNDS = 4;

  private long hi;
  private long lo;

  /** Hashes {@code count} tokens from index {@code from} on, under the parent's hash. */
  public void hash(long parentHi, long parentLo, int[] tokens, int from, int count) {
    long v0 = parentLo ^ 0x736f6d6570736575L;
    long v1 = parentHi ^ 0x646f72616e646f6dL ^ 0xee;
    long v2 = parentLo ^ 0x6c7967656e657261L;
    long v3 = parentHi ^ 0x7465646279746573L;
    // The state lives in locals, hence the round stands here twice: fields cost half the speed.
    int words = count / 2;
    for (int i = 0; i <= words; i++) {
      long word = i < words ? pair(tokens, from + 2 * i) : lastWord(tokens, from, count);
      v3 ^= word;
      for (int round = 0; round < COMPRESSION_ROUNDS; round++) {
        v0 += v1;
        v2 += v3;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 = Long.rotateLeft(v2, 32);
      }
      v0 ^= word;
    }
    v2 ^= 0xee;
    for (int round = 0; round < 2 * FINAL_ROUNDS; round++) {
      if (round == FINAL_ROUNDS) {
        lo = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= 0xdd;
      }
      v0 += v1;
      v2 += v3;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 = Long.rotateLeft(v2, 32);
    }
    hi = v0 ^ v1 ^ v2 ^ v3;
  }

  /** Bytes 8 to 15 of the hash, as a little-endian word. */
  public long hi() {
    return hi;
  }

  /** Bytes 0 to 7 of the hash, as a little-endian word. */
  public long lo() {
    return lo;
  }

  private static long pair(int[] tokens, int i) {
    return Integer.toUnsignedLong(tokens[i]) | ((long) tokens[i + 1] << 32);
  }

  /** An odd last token, if there is one, under the message's length in bytes modulo 256. */
  private static long lastWord(int[] tokens, int from, int count) {
    long length = ((long) count * Integer.BYTES) << 56;
    return count % 2 == 0 ? length : length | Integer.toUnsignedLong(tokens[from + count - 1]);
  }
}

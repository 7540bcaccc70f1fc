package io.kvasir.kvpool.prefix;

/**
 * Hashes one full block of tokens, chained to the block before it.
 *
 * <p>{@code hash(block i) = SipHash-2-4-128(key = hash(block i-1), message = the block's tokens)},
 * and the first key is the request's {@link CacheSalt}. A hash therefore names the salt and every
 * token from the start of the prompt to the end of the block, which is what the block's KV depends
 * on.
 *
 * <p><b>Collisions.</b> The pool trusts equal hashes and does not compare tokens. With n hashes
 * ever made under one salt the chance that any two meet is about n²/2^129: a pool that hashes a
 * million blocks a second for ten years has seen 3·10^14 of them and runs a risk of about 10^-10.
 * That argument covers accidents. It covers attackers, who choose their tokens, as long as they do
 * not know the key; see {@link CacheSalt}.
 *
 * <p>Confined to one thread; {@link #hi} and {@link #lo} answer for the last {@link #hash}.
 */
public final class BlockHasher {
  private final SipHash128 sip = new SipHash128();
  private long hi;
  private long lo;

  /** Hashes {@code count} tokens from index {@code from} on, under the parent's hash. */
  public void hash(long parentHi, long parentLo, int[] tokens, int from, int count) {
    sip.start(parentLo, parentHi);
    int end = from + count;
    int i = from;
    for (; i + 1 < end; i += 2) {
      sip.word((tokens[i] & 0xffff_ffffL) | ((long) tokens[i + 1] << 32));
    }
    if (i < end) {
      sip.finish(tokens[i] & 0xffff_ffffL, Integer.BYTES);
    } else {
      sip.finish(0, 0);
    }
    lo = sip.lo();
    hi = sip.hi();
  }

  public long hi() {
    return hi;
  }

  public long lo() {
    return lo;
  }
}

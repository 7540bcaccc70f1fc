package io.kvasir.kvpool.prefix;

/**
 * The value a request's hash chain starts from. Requests share blocks only if their salts are
 * equal, so a salt separates tenants, and inside a tenant whoever sets different cache salts.
 *
 * <p><b>Framing.</b> The salt is the {@link BlockHasher} hash of {@code length(tenantId),
 * tenantId's UTF-16 units, length(cacheSalt), cacheSalt's UTF-16 units}, each as one integer, and a
 * 1 behind them in the lossy domain. A length comes before its text, so different pairs are
 * different messages: {@code ("ab", "c")} is not {@code ("a", "bc")}. UTF-16 units and not UTF-8
 * bytes, because encoding makes every unpaired surrogate the same byte.
 *
 * <p><b>Domains.</b> Requests that allow lossy KV have salts of their own: what they store and what
 * they compute from it is found by their like only, see {@link SaltTag}.
 *
 * <p><b>Secret.</b> Hashes of different tenants do not meet by accident whatever the key is. A
 * tenant who knew the key could search for tokens that collide with another's, so a server whose
 * tenants do not trust each other passes a secret drawn at random. Then every salt, and so every
 * later key of a chain, is the output of a pseudorandom function that the tenant cannot compute.
 *
 * @param tag goes with every block of the chain, see {@link SaltTag}
 */
public record CacheSalt(long hi, long lo, int tag) {

  /** The salt of a tenant without a secret: fit for tests and for tenants who trust each other. */
  public static CacheSalt of(String tenantId, String cacheSalt) {
    return of(0, 0, tenantId, cacheSalt, false);
  }

  /**
   * The salt of a tenant under a secret key.
   *
   * @param lossy whether the request allows KV that went through a lossy codec
   */
  public static CacheSalt of(
      long secretHi, long secretLo, String tenantId, String cacheSalt, boolean lossy) {
    return of(secretHi, secretLo, tenantId, cacheSalt, lossy, owner(secretHi, secretLo, tenantId));
  }

  /**
   * The same for blocks that are stored on the account of {@code owner}.
   *
   * @param owner of {@link #owner}
   */
  public static CacheSalt of(
      long secretHi, long secretLo, String tenantId, String cacheSalt, boolean lossy, int owner) {
    int[] message = new int[3 + tenantId.length() + cacheSalt.length()];
    int end = frame(cacheSalt, message, frame(tenantId, message, 0));
    if (lossy) {
      message[end++] = 1;
    }
    BlockHasher hasher = new BlockHasher();
    hasher.hash(secretHi, secretLo, message, 0, end);
    return new CacheSalt(hasher.hi(), hasher.lo(), SaltTag.of(owner, lossy));
  }

  /** The bits of a {@link SaltTag} that are a tenant's, whatever its salts. */
  public static int owner(long secretHi, long secretLo, String tenantId) {
    // One frame: no salt's message, which has two.
    int[] message = new int[1 + tenantId.length()];
    BlockHasher hasher = new BlockHasher();
    hasher.hash(secretHi, secretLo, message, 0, frame(tenantId, message, 0));
    return SaltTag.owner((int) hasher.lo());
  }

  private static int frame(String text, int[] message, int from) {
    int i = from;
    message[i++] = text.length();
    for (int j = 0; j < text.length(); j++) {
      message[i++] = text.charAt(j);
    }
    return i;
  }
}

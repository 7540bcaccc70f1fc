package io.kvasir.kvpool.prefix;

/**
 * The value a request's hash chain starts from. Requests share blocks only if their salts are
 * equal, so a salt separates tenants, and inside a tenant whoever sets different cache salts.
 *
 * <p><b>Framing.</b> The salt is a SipHash-2-4-128 of {@code length(tenantId), tenantId's UTF-16
 * units, length(cacheSalt), cacheSalt's UTF-16 units}, each unit group of four in one word. Lengths
 * come first, so {@code ("ab", "c")} and {@code ("a", "bc")} are different messages; UTF-16 units
 * and not UTF-8 bytes, because encoding maps every unpaired surrogate to the same byte.
 *
 * <p><b>Secret.</b> Hashes of different tenants are unlikely to meet by accident whatever the key.
 * A tenant who knew the key could search for tokens that collide with another's; so a server that
 * serves tenants who do not trust each other passes a secret drawn at random at start.
 */
public record CacheSalt(long hi, long lo) {

  /** The salt of a tenant without a secret: fit for tests and for tenants who trust each other. */
  public static CacheSalt of(String tenantId, String cacheSalt) {
    return of(0, 0, tenantId, cacheSalt);
  }

  /** The salt of a tenant under a secret key. */
  public static CacheSalt of(long secretHi, long secretLo, String tenantId, String cacheSalt) {
    SipHash128 sip = new SipHash128();
    sip.start(secretLo, secretHi);
    framed(sip, tenantId);
    framed(sip, cacheSalt);
    sip.finish(0, 0);
    return new CacheSalt(sip.hi(), sip.lo());
  }

  private static void framed(SipHash128 sip, String text) {
    sip.word(text.length());
    for (int i = 0; i < text.length(); i += 4) {
      long word = 0;
      for (int j = i; j < Math.min(i + 4, text.length()); j++) {
        word |= (long) text.charAt(j) << (16 * (j - i));
      }
      sip.word(word);
    }
  }
}

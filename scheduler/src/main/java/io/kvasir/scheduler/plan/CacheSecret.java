package io.kvasir.scheduler.plan;

import java.security.SecureRandom;

/**
 * 128 secret bits that go into every prefix hash, so that no tenant can search for tokens that
 * collide with another's.
 *
 * @param hi upper half
 * @param lo lower half
 */
public record CacheSecret(long hi, long lo) {

  /** No secret: for tests and benchmarks. */
  public static final CacheSecret NONE = new CacheSecret(0, 0);

  /** A new one. */
  public static CacheSecret random() {
    SecureRandom random = new SecureRandom();
    return new CacheSecret(random.nextLong(), random.nextLong());
  }
}

package io.kvasir.scheduler.tenant;

/**
 * What one tenant was promised.
 *
 * @param id who pays
 * @param weight its share of the service among those who wait, 0.001 to 1,000
 * @param ttftMillis target of the time to the first token, 0: none
 * @param tbtMillis target of the time between tokens, 0: none
 */
public record TenantSpec(String id, double weight, int ttftMillis, int tbtMillis) {

  private static final double WEIGHT_MIN = 1e-3;
  private static final double WEIGHT_MAX = 1e3;

  public TenantSpec {
    if (!(weight >= WEIGHT_MIN && weight <= WEIGHT_MAX)) {
      throw new IllegalArgumentException(
          "tenant %s: weight must be 0.001 to 1000, is %s".formatted(id, weight));
    }
    if (ttftMillis < 0 || tbtMillis < 0) {
      throw new IllegalArgumentException(
          "tenant %s: targets must be at least 0 ms, are %d and %d"
              .formatted(id, ttftMillis, tbtMillis));
    }
  }

  /** A tenant of weight 1 without targets. */
  public static TenantSpec of(String id) {
    return new TenantSpec(id, 1, 0, 0);
  }
}

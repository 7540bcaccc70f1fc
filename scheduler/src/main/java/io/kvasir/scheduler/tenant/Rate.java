package io.kvasir.scheduler.tenant;

/**
 * How much of something is let through.
 *
 * @param perSecond in the long run; 0: any amount
 * @param burst at once, after a rest
 */
public record Rate(double perSecond, double burst) {
  /** Any amount. */
  public static final Rate NONE = new Rate(0, 0);

  /** A second's worth at once, but at least 1. */
  public static Rate of(double perSecond) {
    return new Rate(perSecond, Math.max(1, perSecond));
  }

  /** Whether there is a limit. */
  public boolean limits() {
    return perSecond > 0;
  }
}

package io.kvasir.scheduler.tenant;

import java.util.Map;

/**
 * Latency targets that all tenants of a class have. A tenant or a request may ask for less, never
 * for more.
 *
 * @param byClass those that have any
 */
public record ClassTargets(Map<PriorityClass, Targets> byClass) {
  /** No class has any. */
  public static final ClassTargets NONE = new ClassTargets(Map.of());

  /**
   * One class's.
   *
   * @param ttftMillis target of the time to the first token, 0: none
   * @param tbtMillis target of the time between tokens, 0: none
   */
  public record Targets(int ttftMillis, int tbtMillis) {
    private static final Targets NONE = new Targets(0, 0);
    private static final int MILLIS_MAX = 86_400_000;

    public Targets {
      require("ttft_ms", ttftMillis);
      require("tbt_ms", tbtMillis);
    }

    private static void require(String field, int millis) {
      if (millis < 0 || millis > MILLIS_MAX) {
        throw new IllegalArgumentException(
            "%s must be 0 to %d, is %d".formatted(field, MILLIS_MAX, millis));
      }
    }
  }

  public ClassTargets {
    byClass = Map.copyOf(byClass);
  }

  /** A class's; none if it has none. */
  public Targets of(PriorityClass priorityClass) {
    return byClass.getOrDefault(priorityClass, Targets.NONE);
  }
}

package io.kvasir.scheduler.loop;

import io.kvasir.kvpool.residency.ResidencyTotals;
import io.kvasir.scheduler.plan.RestoreDecision;
import io.kvasir.scheduler.plan.SwapDecision;
import io.kvasir.scheduler.plan.WorkerSession;
import java.util.EnumMap;
import java.util.Map;

/**
 * What was decided about KV that was preempted or found in a tier, since the worker connected.
 *
 * @param victims preempted requests, by what became of their KV
 * @param hits admitted requests whose KV a tier held, by what was done about it
 * @param swapOutStored blocks of victims that had to be copied
 * @param swapOutReused blocks of victims that a tier held already
 * @param restoredTokens tokens whose KV came from a tier
 * @param restores how
 */
public record SwapStatus(
    Map<SwapDecision, Long> victims,
    Map<RestoreDecision, Long> hits,
    long swapOutStored,
    long swapOutReused,
    long restoredTokens,
    RestoreStatus restores) {

  /** Nothing was decided. */
  public static final SwapStatus NONE =
      new SwapStatus(Map.of(), Map.of(), 0, 0, 0, RestoreStatus.NONE);

  static SwapStatus of(WorkerSession session) {
    Map<SwapDecision, Long> victims = new EnumMap<>(SwapDecision.class);
    for (SwapDecision decision : SwapDecision.values()) {
      victims.put(decision, session.swapper().decisions(decision));
    }
    Map<RestoreDecision, Long> hits = new EnumMap<>(RestoreDecision.class);
    for (RestoreDecision decision : RestoreDecision.values()) {
      hits.put(decision, session.restorer().decisions(decision));
    }
    ResidencyTotals totals = session.memory().pool().residency().totals();
    return new SwapStatus(
        victims,
        hits,
        totals.swapOutStored(),
        totals.swapOutReused(),
        session.restorer().restoredTokens(),
        RestoreStatus.of(session));
  }
}

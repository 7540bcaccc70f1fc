package io.kvasir.scheduler.loop;

import io.kvasir.kvpool.residency.CopyTotals;
import io.kvasir.kvpool.residency.Residency;
import io.kvasir.kvpool.residency.SlotState;
import io.kvasir.kvpool.residency.TierTable;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.scheduler.plan.TenantBlocks;
import io.kvasir.scheduler.plan.WorkerSession;
import java.util.ArrayList;
import java.util.List;

/**
 * One tier at one moment. Blocks unless named otherwise; counts since the worker connected. free +
 * resident + in flight == slots.
 *
 * @param name as the worker calls it
 * @param kind what it is
 * @param codec what turns its blocks into records
 * @param lossy whether that codec loses something: only requests that allow it are stored there
 * @param slots most blocks it holds
 * @param limit most blocks it may hold: its slots, or less if an operator said so
 * @param resident blocks it holds and nobody copies
 * @param inFlight slots that copies use
 * @param evictions blocks given up
 * @param stored copies from the device arena
 * @param loaded copies to the device arena
 * @param moved copies to the next tier
 * @param tenants what tenants with a quota of it have there
 */
public record TierStatus(
    String name,
    TierKind kind,
    String codec,
    boolean lossy,
    int slots,
    int limit,
    int resident,
    int inFlight,
    long evictions,
    Copies stored,
    Copies loaded,
    Copies moved,
    List<TenantBlocks> tenants) {

  /**
   * Copies of one kind.
   *
   * @param done blocks copied
   * @param missed blocks that did not verify
   * @param failed blocks lost to errors of the device
   * @param cancelled blocks given up before they began
   * @param bytes bytes moved
   * @param runs contiguous pieces; done / runs is the mean run length
   * @param busyNanos time the link was busy
   */
  public record Copies(
      long done, long missed, long failed, long cancelled, long bytes, long runs, long busyNanos) {
    static Copies of(CopyTotals totals) {
      return new Copies(
          totals.done(),
          totals.missed(),
          totals.failed(),
          totals.cancelled(),
          totals.bytes(),
          totals.runs(),
          totals.busyNanos());
    }
  }

  static List<TierStatus> of(WorkerSession session) {
    Residency residency = session.memory().pool().residency();
    List<TierStatus> tiers = new ArrayList<>();
    for (int t = 0; t < residency.tierCount(); t++) {
      TierTable tier = residency.tier(t);
      int resident = tier.count(SlotState.RESIDENT);
      tiers.add(
          new TierStatus(
              tier.spec().name(),
              tier.spec().kind(),
              tier.spec().codec(),
              !tier.spec().exact(),
              tier.spec().slotCount(),
              tier.limit(),
              resident,
              tier.usedSlots() - resident,
              tier.evictions(),
              Copies.of(residency.totals().of(t, CopyKind.STORE)),
              Copies.of(residency.totals().of(t, CopyKind.LOAD)),
              Copies.of(residency.totals().of(t, CopyKind.MOVE)),
              session.tenantTiers().inTier(t, SchedulerStatus.MAX_TENANTS)));
    }
    return tiers;
  }
}

package io.kvasir.scheduler.session;

import io.kvasir.kvpool.residency.BlockKeeper;
import io.kvasir.kvpool.residency.KeptBlock;
import io.kvasir.kvpool.residency.Residency;
import io.kvasir.scheduler.plan.WorkerSession;
import io.kvasir.scheduler.request.SessionHints;
import io.kvasir.scheduler.request.SessionOutcome;
import io.kvasir.scheduler.request.SessionOutcome.Hint;
import io.kvasir.scheduler.request.SessionOutcome.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What sessions have on the connected worker. Thrown away when it is lost. Confined to the
 * scheduler loop.
 */
final class SessionWorker {
  private static final String ARENA = "arena";

  private final WorkerSession session;
  private final SessionTable table;
  private final SessionTotals totals;
  private final Residency residency;
  private final BlockKeeper keeper;
  private final Protection protection;
  private final Resumption resumption;
  private final long totalBlocks;

  SessionWorker(WorkerSession session, SessionTable table, SessionTotals totals) {
    this.session = session;
    this.table = table;
    this.totals = totals;
    residency = session.memory().pool().residency();
    keeper = residency.keeper();
    protection = new Protection(keeper, totals);
    resumption = new Resumption(session, table, totals);
    long blocks = session.info().blockCount();
    for (int t = 0; t < residency.tierCount(); t++) {
      blocks += residency.tier(t).spec().slotCount();
    }
    totalBlocks = blocks;
  }

  WorkerSession session() {
    return session;
  }

  BlockKeeper keeper() {
    return keeper;
  }

  Protection protection() {
    return protection;
  }

  int blockTokens() {
    return session.memory().blockTokens();
  }

  int tierCount() {
    return residency.tierCount();
  }

  /** Works out a tenant's quota for this worker's blocks. */
  void setQuota(TenantKv tenant) {
    int own = table.quota(tenant).blocks(session.info().geometry().blockBytes(), totalBlocks);
    tenant.quota = Math.min(own, session.tenantTiers().sessionBlocks(tenant.tenantId));
  }

  /** Why nothing can be done for a session; empty if something can. */
  String refusal(Session of) {
    if (!session.memory().prefixCaching()) {
      return "prefix caching is off on this server";
    }
    return of.tenant.quota == 0 ? "the tenant's KV quota for sessions is 0" : "";
  }

  /** Demotes and schedules what was asked for, and says what became of every hint. */
  SessionOutcome carryOut(Session of, SessionHints hints, long now) {
    OutcomeWriter writer = new OutcomeWriter(of, hints, blockTokens(), totals);
    String refusal = refusal(of);
    if (!refusal.isEmpty()) {
      protection.truncate(of, 0);
      return writer.refuseAll(refusal).write(List.of());
    }
    writer.protection();
    if (hints.demote()) {
      demote(of, writer);
    }
    if (hints.resumeExpectedMillis() != null) {
      resume(of, TimeUnit.MILLISECONDS.toNanos(hints.resumeExpectedMillis()), now, writer);
    }
    if (!of.wanted()) {
      protection.truncate(of, 0);
    }
    return writer.write(placesOf(of));
  }

  private void demote(Session of, OutcomeWriter writer) {
    if (residency.tierCount() == 0) {
      writer.refuse(Hint.DEMOTE, "there is no tier below the arena");
    } else if (of.turns > 0) {
      writer.refuse(Hint.DEMOTE, "a turn of the session is under way");
    } else {
      writer.demotion(protection.demote(of));
    }
  }

  private void resume(Session of, long inNanos, long now, OutcomeWriter writer) {
    if (of.turns > 0) {
      writer.refuse(Hint.RESUME_EXPECTED, "a turn of the session is under way");
    } else if (!of.wanted()) {
      writer.refuse(
          Hint.RESUME_EXPECTED, "nothing is protected until then: give ttl_ms or pin as well");
    } else if (!of.pinned && of.ttlNanos < inNanos) {
      writer.refuse(
          Hint.RESUME_EXPECTED,
          "the protection ends before: ttl_ms is " + TimeUnit.NANOSECONDS.toMillis(of.ttlNanos));
    } else {
      long lead = resumption.leadNanos(of);
      of.resumeAtNanos = now + inNanos;
      table.loadAt(of, Math.max(now, of.resumeAtNanos - lead));
      writer.resumption(leading(of), lead);
    }
  }

  /** Leading blocks of a session that are held in the arena or may be loaded into it. */
  private int leading(Session of) {
    int loads = 0;
    int leading = 0;
    for (KeptBlock block : of.kept) {
      loads += block.place() == BlockKeeper.ARENA ? 0 : 1;
      if (loads > resumption.most()) {
        break;
      }
      leading++;
    }
    return leading;
  }

  /** Does what time has come for. */
  void run(long now, boolean requestsWait) {
    keeper.run();
    resumption.run(now, requestsWait);
  }

  /** Gives up what is protected beyond the bounds of tiers. */
  void trim() {
    for (int t = 0; t < residency.tierCount(); t++) {
      int over = keeper.count(t) - keeper.bound(t);
      if (over > 0) {
        giveUp(t, over);
      }
    }
  }

  boolean giveUp(int place, int blocks) {
    return keeper.count(place) > 0 && protection.giveUp(table.byExpiry(), place, blocks);
  }

  /** Protected blocks by place. */
  List<Place> places() {
    List<Place> places = new ArrayList<>();
    places.add(new Place(ARENA, keeper.count(BlockKeeper.ARENA)));
    for (int t = 0; t < residency.tierCount(); t++) {
      places.add(new Place(residency.tier(t).spec().name(), keeper.count(t)));
    }
    return places;
  }

  private List<Place> placesOf(Session of) {
    List<Place> places = new ArrayList<>();
    for (int p = BlockKeeper.ARENA; p < residency.tierCount(); p++) {
      int blocks = 0;
      for (KeptBlock block : of.kept) {
        blocks += block.place() == p ? 1 : 0;
      }
      if (blocks > 0) {
        String name = p == BlockKeeper.ARENA ? ARENA : residency.tier(p).spec().name();
        places.add(new Place(name, blocks));
      }
    }
    return places;
  }
}

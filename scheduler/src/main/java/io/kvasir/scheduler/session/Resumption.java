package io.kvasir.scheduler.session;

import io.kvasir.kvpool.KvPool;
import io.kvasir.kvpool.residency.KeptBlock;
import io.kvasir.scheduler.plan.WorkerSession;
import java.util.concurrent.TimeUnit;

/**
 * Brings the blocks of sessions whose next turn is expected back into the arena in time. Nobody
 * waits for it, and it waits for everybody: nothing is loaded while requests wait for blocks, and
 * at most a quarter of the arena is under way or loaded for one session. Confined to the scheduler
 * loop.
 */
final class Resumption {
  private static final int ARENA_SHARE = 4;

  /** Loads begin earlier than measured speeds ask for, by this factor and this time. */
  private static final int LEAD_FACTOR = 2;

  private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final WorkerSession worker;
  private final SessionTable table;
  private final SessionTotals totals;

  Resumption(WorkerSession worker, SessionTable table, SessionTotals totals) {
    this.worker = worker;
    this.table = table;
    this.totals = totals;
  }

  /** Most blocks that are loaded ahead for one session. */
  int most() {
    return Math.max(1, pool().totalBlocks() / ARENA_SHARE);
  }

  /** How long before the expected turn the loads of a session begin, nanoseconds. */
  long leadNanos(Session session) {
    double nanos = 0;
    int loaded = 0;
    for (KeptBlock block : session.kept) {
      if (block.place() >= 0 && loaded++ < most()) {
        nanos += worker.swapper().costs().readNanosPerBlock(block.place());
      }
    }
    return LEAD_NANOS + (long) (LEAD_FACTOR * nanos);
  }

  /** Orders the loads whose time has come. */
  void run(long now, boolean requestsWait) {
    for (Session session = table.nextLoad();
        session != null && session.loadAtNanos <= now;
        session = table.nextLoad()) {
      long lead = leadNanos(session);
      if (load(session, requestsWait) || now - session.resumeAtNanos > lead) {
        table.loadAt(session, Session.NEVER);
      } else {
        table.loadAt(session, now + lead / ARENA_SHARE);
      }
    }
  }

  /** Whether nothing is left to do: all that can be is in the arena or on its way. */
  private boolean load(Session session, boolean requestsWait) {
    int most = most() - pool().inFlightBlocks();
    int loading =
        requestsWait || most <= 0 ? 0 : pool().residency().keeper().prefetch(session.kept, most);
    totals.prefetchedBlocks += loading;
    return loading > 0 || isInArena(session);
  }

  private boolean isInArena(Session session) {
    for (KeptBlock block : session.kept) {
      if (!pool().residency().keeper().isInArena(block)) {
        return false;
      }
    }
    return true;
  }

  private KvPool pool() {
    return worker.memory().pool();
  }
}

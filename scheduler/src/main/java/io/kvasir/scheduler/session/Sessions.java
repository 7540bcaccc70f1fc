package io.kvasir.scheduler.session;

import io.kvasir.kvpool.residency.BlockKeeper;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.scheduler.plan.HeldBlocks;
import io.kvasir.scheduler.plan.WorkerSession;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestBlocks;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.request.SessionHints;
import io.kvasir.scheduler.request.SessionOutcome;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Honours what callers hint about their sessions, or refuses it in words. Deterministic: time is an
 * argument. Confined to the scheduler loop.
 */
public final class Sessions implements HeldBlocks {
  private final SessionTable table;
  private final SessionTotals totals = new SessionTotals();
  private final IdentityHashMap<Request, Session> turns = new IdentityHashMap<>();
  private @Nullable SessionWorker worker;

  /** Nobody's yet. */
  public Sessions(SessionConfig config) {
    table = new SessionTable(config);
  }

  /** A worker may be planned for: what is protected will be protected there. */
  public void connected(WorkerSession session) {
    SessionWorker connected = new SessionWorker(session, table, totals);
    worker = connected;
    table.tenants().forEach(connected::setQuota);
    session.memory().lend(this);
  }

  /** The worker is gone, and all that was protected with it. */
  public void lost() {
    worker = null;
    for (Session session : table.byExpiry()) {
      int blocks = session.kept.size();
      if (blocks > 0) {
        session.kept.clear();
        session.shortfall = Shortfall.WORKER_LOST;
        session.lost += blocks;
        totals.lostBlocks += blocks;
      }
    }
    table.tenants().forEach(tenant -> tenant.used = 0);
  }

  /** A request came: nothing of its session expires until it has ended. */
  public void submitted(Request request) {
    RequestSpec spec = request.spec();
    if (spec.sessionId().isEmpty()) {
      return;
    }
    SessionKey key = new SessionKey(spec.tenantId(), spec.sessionId());
    Session session = table.find(key);
    if (session == null && spec.hints() != null && spec.hints().any()) {
      session = add(key);
    }
    if (session != null) {
      session.turns++;
      turns.put(request, session);
      table.expireAt(session, Session.NEVER);
      table.loadAt(session, Session.NEVER);
    }
  }

  /** A request was admitted for the first time with so many tokens found in the arena. */
  public void admitted(Request request, int cachedTokens) {
    Session session = turns.isEmpty() ? null : turns.get(request);
    int sharedBlocks = session == null || worker == null ? 0 : cachedTokens / worker.blockTokens();
    for (int i = 0; session != null && i < session.kept.size(); i++) {
      boolean hit = session.kept.get(i).takePrefetched() && i < sharedBlocks;
      totals.prefetchHits += hit ? 1 : 0;
    }
  }

  /**
   * A request ends; to be called while it still holds its blocks.
   *
   * @return what became of its session's hints; null if there are none
   */
  public @Nullable SessionOutcome ended(Request request, FinishReason reason, long now) {
    RequestSpec spec = request.spec();
    SessionHints hints = spec.hints() == null ? SessionHints.NONE : spec.hints();
    Session session = turns.remove(request);
    if (session == null && !hints.any()) {
      return null;
    }
    if (session == null) {
      Session unknown =
          new Session(
              new SessionKey(spec.tenantId(), spec.sessionId()), 0, new TenantKv(spec.tenantId()));
      return new OutcomeWriter(unknown, hints, 0, totals)
          .refuseAll("hints of at most " + table.maxSessions() + " sessions are kept")
          .write(List.of());
    }
    session.turns--;
    if (session.ended) {
      return new OutcomeWriter(session, hints, 0, totals)
          .refuseAll("the session was ended")
          .write(List.of());
    }
    apply(session, hints);
    session.idleSinceNanos = now;
    session.revoked = 0;
    session.lost = 0;
    RequestBlocks blocks = request.blocks();
    SessionWorker on = worker;
    boolean wanted = reason != FinishReason.ERROR && (session.wanted() || hints.demote());
    if (wanted && on != null && on.refusal(session).isEmpty() && blocks != null) {
      on.protection()
          .renew(
              session,
              on.session().memory().reusable(request),
              hints.demote() ? CopyUrgency.SWAP_OUT : CopyUrgency.BACKGROUND);
    }
    return settle(session, hints, now);
  }

  /**
   * Changes the hints of a session between its turns, or asks what became of them.
   *
   * @return empty if there is no such session
   */
  public Optional<SessionOutcome> update(
      String tenantId, String sessionId, SessionHints hints, long now) {
    expire(now);
    Session session = table.find(new SessionKey(tenantId, sessionId));
    if (session == null) {
      return Optional.empty();
    }
    apply(session, hints);
    if (hints.ttlMillis() != null) {
      session.idleSinceNanos = now;
    }
    if (worker != null) {
      worker.protection().repair(session);
    }
    return Optional.of(settle(session, hints, now));
  }

  /**
   * Ends a session: nothing of it is protected any more.
   *
   * @return blocks that it protected; empty if there is no such session
   */
  public OptionalInt end(String tenantId, String sessionId, long now) {
    expire(now);
    Session session = table.find(new SessionKey(tenantId, sessionId));
    if (session == null) {
      return OptionalInt.empty();
    }
    int blocks = session.kept.size();
    session.ended = true;
    remove(session);
    return OptionalInt.of(blocks);
  }

  /** Does what time has come for. Once per turn of the loop, before planning. */
  public void run(long now, boolean requestsWait) {
    expire(now);
    if (worker != null) {
      worker.run(now, requestsWait);
    }
  }

  /** The cap of a tier was changed: no more than half of it is protected. */
  public void trim() {
    if (worker != null) {
      worker.trim();
    }
  }

  /** Tenants' quotas were changed: what is protected beyond them is given up. */
  public void quotasChanged() {
    SessionWorker on = worker;
    if (on != null) {
      table.tenants().forEach(on::setQuota);
      on.protection().keepQuotas(table.byExpiry());
    }
  }

  /** When {@link #run} is wanted again at the latest, nanoseconds; expiry can wait. */
  public long nextWakeNanos() {
    Session next = worker == null ? null : table.nextLoad();
    return next == null ? Session.NEVER : next.loadAtNanos;
  }

  @Override
  public boolean giveUp(int blocks) {
    return worker != null
        && worker.keeper().count(BlockKeeper.ARENA) >= blocks
        && worker.giveUp(BlockKeeper.ARENA, blocks);
  }

  /** The state as of now. */
  public SessionStatus status() {
    return new SessionStatus(
        table.size(),
        worker == null ? List.of() : worker.places(),
        totals.hints(),
        totals.revokedBlocks,
        totals.lostBlocks,
        totals.expiredSessions,
        totals.prefetchedBlocks,
        totals.prefetchHits);
  }

  /** One sentence per contradiction in the bookkeeping; empty if there is none. */
  public List<String> violations() {
    return SessionIntegrity.violations(table, turns.values(), worker);
  }

  private @Nullable Session add(SessionKey key) {
    Session session = table.add(key);
    if (session != null && worker != null) {
      worker.setQuota(session.tenant);
    }
    return session;
  }

  private static void apply(Session session, SessionHints hints) {
    Long ttlMillis = hints.ttlMillis();
    if (ttlMillis != null) {
      session.ttlNanos = TimeUnit.MILLISECONDS.toNanos(ttlMillis);
    }
    Boolean pin = hints.pin();
    if (pin != null) {
      session.pinned = pin;
    }
  }

  /** Does the rest of what was asked, says so, and sets when the protection ends. */
  private SessionOutcome settle(Session session, SessionHints hints, long now) {
    SessionOutcome outcome =
        worker == null
            ? new OutcomeWriter(session, hints, 0, totals)
                .refuseAll("no worker is connected")
                .write(List.of())
            : worker.carryOut(session, hints, now);
    if (session.turns == 0) {
      if (!session.wanted()) {
        remove(session);
      } else if (session.pinned) {
        table.expireAt(session, Session.NEVER);
      } else {
        table.expireAt(session, session.idleSinceNanos + session.ttlNanos);
      }
    }
    return outcome;
  }

  private void expire(long now) {
    for (Session next = table.nextExpiry();
        next != null && next.expiryNanos <= now;
        next = table.nextExpiry()) {
      totals.expiredSessions++;
      remove(next);
    }
  }

  private void remove(Session session) {
    if (worker != null) {
      worker.protection().truncate(session, 0);
    }
    table.remove(session);
  }
}

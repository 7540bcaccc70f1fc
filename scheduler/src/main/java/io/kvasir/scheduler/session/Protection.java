package io.kvasir.scheduler.session;

import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.residency.BlockKeeper;
import io.kvasir.kvpool.residency.KeptBlock;
import io.kvasir.kvpool.tier.CopyUrgency;

/**
 * Protects the blocks of sessions on one worker, each tenant's within its quota. Only a prefix is
 * of use, so whatever is short, the front is protected. Confined to the scheduler loop.
 */
final class Protection {
  private final BlockKeeper keeper;
  private final SessionTotals totals;

  Protection(BlockKeeper keeper, SessionTotals totals) {
    this.keeper = keeper;
    this.totals = totals;
  }

  /**
   * Protects what there is of a chain, in place of what the session protected until now.
   *
   * @param urgency of the stores that this takes
   */
  void renew(Session session, HashChain chain, CopyUrgency urgency) {
    int blocks = 0;
    while (blocks < chain.blocks() && keeper.exists(chain.hi(blocks), chain.lo(blocks))) {
      blocks++;
    }
    int common = 0;
    while (common < Math.min(blocks, session.kept.size())
        && session.kept.get(common).is(chain.hi(common), chain.lo(common))) {
      common++;
    }
    truncate(session, common);
    session.blocks = blocks;
    session.shortfall = Shortfall.NONE;
    for (int i = common; i < blocks && session.shortfall == Shortfall.NONE; i++) {
      boolean free = keeper.isKept(chain.hi(i), chain.lo(i));
      if (free || session.tenant.charge()) {
        session.kept.add(keeper.claim(chain.hi(i), chain.lo(i), chain.saltTag()));
      } else {
        session.shortfall = Shortfall.QUOTA;
      }
    }
    place(session, Shortfall.NO_ROOM, urgency);
  }

  /** Protects again what lost its protection and is still there; the rest is lost. */
  void repair(Session session) {
    int before = session.kept.size();
    place(session, Shortfall.LOST, CopyUrgency.BACKGROUND);
    session.lost += before - session.kept.size();
    totals.lostBlocks += before - session.kept.size();
  }

  private void place(Session session, Shortfall failure, CopyUrgency urgency) {
    int open = 0;
    for (KeptBlock block : session.kept) {
      open += keeper.isProtected(block) ? 0 : 1;
    }
    if (open == 0) {
      return;
    }
    keeper.expectStores(open);
    for (int i = 0; i < session.kept.size(); i++) {
      if (!keeper.place(session.kept.get(i), urgency)) {
        session.shortfall = failure;
        truncate(session, i);
      }
    }
    keeper.order(urgency);
  }

  /** Sends a session's blocks down; returns how many go. */
  int demote(Session session) {
    int sent = 0;
    keeper.expectStores(session.kept.size());
    for (KeptBlock block : session.kept) {
      sent += keeper.sendDown(block) ? 1 : 0;
    }
    keeper.order(CopyUrgency.SWAP_OUT);
    return sent;
  }

  /** Ends the protection of a session's blocks from index {@code to} on. */
  void truncate(Session session, int to) {
    for (int i = session.kept.size() - 1; i >= to; i--) {
      if (keeper.release(session.kept.remove(i))) {
        session.tenant.used--;
      }
    }
  }

  /**
   * Gives up blocks that are protected at a place, of the sessions that expire first.
   *
   * @param place a tier's number or {@link BlockKeeper#ARENA}
   * @return whether any was given up
   */
  boolean giveUp(Iterable<Session> byExpiry, int place, int blocks) {
    int before = keeper.count(place);
    int target = before - blocks;
    for (Session session : byExpiry) {
      for (int last = lastAt(session, place);
          last >= 0 && keeper.count(place) > target;
          last = lastAt(session, place)) {
        revoke(session, last, Shortfall.REVOKED);
      }
      if (keeper.count(place) <= target) {
        return true;
      }
    }
    return keeper.count(place) < before;
  }

  /** Gives up what tenants protect beyond their quotas, of the sessions that expire first. */
  void keepQuotas(Iterable<Session> byExpiry) {
    for (Session session : byExpiry) {
      while (session.tenant.used > session.tenant.quota && !session.kept.isEmpty()) {
        revoke(session, session.kept.size() - 1, Shortfall.QUOTA);
      }
    }
  }

  private void revoke(Session session, int to, Shortfall why) {
    int given = session.kept.size() - to;
    truncate(session, to);
    session.shortfall = why;
    session.revoked += given;
    totals.revokedBlocks += given;
  }

  private static int lastAt(Session session, int place) {
    int i = session.kept.size() - 1;
    while (i >= 0 && session.kept.get(i).place() != place) {
      i--;
    }
    return i;
  }
}

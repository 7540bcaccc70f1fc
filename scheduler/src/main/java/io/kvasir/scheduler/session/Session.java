package io.kvasir.scheduler.session;

import io.kvasir.kvpool.residency.KeptBlock;
import java.util.ArrayList;
import java.util.List;

/**
 * The turns of one conversation or agent, and what is protected between them. Confined to the
 * scheduler loop.
 */
final class Session {
  static final long NEVER = Long.MAX_VALUE;

  final SessionKey key;

  /** Order of creation; decides where times are equal. */
  final long number;

  final TenantKv tenant;

  /** How long it is protected after its last turn, nanoseconds; 0: not at all. */
  long ttlNanos;

  /** Whether it is protected without an end. */
  boolean pinned;

  /** Requests of the session that have not ended. */
  int turns;

  /** When its time to live began: at the end of the last turn or the last update. */
  long idleSinceNanos;

  /** When its protection ends; only {@link SessionTable} changes it. */
  long expiryNanos = NEVER;

  /** When its next turn is expected. */
  long resumeAtNanos = NEVER;

  /** When to begin loading for the next turn; only {@link SessionTable} changes it. */
  long loadAtNanos = NEVER;

  /** Whether its tenant ended it while a turn was under way. */
  boolean ended;

  /** Its protected blocks, from the front. */
  final List<KeptBlock> kept = new ArrayList<>();

  /** Blocks that there were to protect at the end of its last turn. */
  int blocks;

  /** Why those are more than are protected. */
  Shortfall shortfall = Shortfall.NONE;

  /** Blocks given up for requests, or for a lowered bound, since its last turn. */
  int revoked;

  /** Blocks whose copies were lost since its last turn. */
  int lost;

  Session(SessionKey key, long number, TenantKv tenant) {
    this.key = key;
    this.number = number;
    this.tenant = tenant;
  }

  /** Whether somebody wants it protected. */
  boolean wanted() {
    return pinned || ttlNanos > 0;
  }
}

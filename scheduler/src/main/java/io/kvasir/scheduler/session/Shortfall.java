package io.kvasir.scheduler.session;

/** Why a session's protection ends before the session's tokens do. */
enum Shortfall {
  /** It does not. */
  NONE,
  /** Its tenant protects as much as it may. */
  QUOTA,
  /** Tiers pin as much as they may, and the arena has the block no more. */
  NO_ROOM,
  /** Requests needed the arena's blocks. */
  REVOKED,
  /** Copies failed or turned out bad. */
  LOST,
  /** The worker that held them is gone. */
  WORKER_LOST
}

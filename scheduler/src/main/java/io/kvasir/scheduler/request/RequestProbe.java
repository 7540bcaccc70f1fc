package io.kvasir.scheduler.request;

import io.kvasir.kvpool.residency.Probe;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a request's blocks on a server that instances share. Confined to the scheduler
 * loop.
 */
public final class RequestProbe {
  private static final long NEVER = Long.MAX_VALUE;

  private @Nullable Probe awaited;
  private boolean complete;
  private long sinceNanos = NEVER;
  private boolean over;

  RequestProbe() {}

  /** It waits for an answer; {@code complete} if that says all there is to know of its blocks. */
  public void await(Probe probe, boolean complete, long now) {
    awaited = probe;
    this.complete = complete;
    sinceNanos = Math.min(sinceNanos, now);
  }

  /** The answer it waits for; null if it waits for none. */
  public @Nullable Probe awaited() {
    return awaited;
  }

  /** Whether the awaited answer says all there is to know. */
  public boolean complete() {
    return complete;
  }

  /** When it began to wait for its first answer, nanoseconds. */
  public long sinceNanos() {
    return sinceNanos;
  }

  /** It asks again for what an answer left open. */
  public void again() {
    awaited = null;
  }

  /** It neither waits nor asks any more. */
  public void end() {
    awaited = null;
    over = true;
  }

  public boolean over() {
    return over;
  }

  void reset() {
    awaited = null;
    over = false;
    sinceNanos = NEVER;
  }
}

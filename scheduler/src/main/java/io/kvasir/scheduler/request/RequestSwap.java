package io.kvasir.scheduler.request;

import io.kvasir.kvpool.residency.Restore;
import org.jspecify.annotations.Nullable;

/**
 * What lower tiers keep of a request and bring back: a part of {@link Request}. Confined to the
 * scheduler loop.
 */
public final class RequestSwap {
  private int keptTokens;
  private int restoredTokens;
  private @Nullable Restore restore;
  private int restoreFrom;
  private long awaitedSinceNanos;
  private boolean impatient;

  RequestSwap() {}

  /** Its KV of the first {@code tokens} tokens was put into the tiers; 0: it was not. */
  public void kept(int tokens) {
    keptTokens = tokens;
  }

  /** Tokens whose KV was put into the tiers when it was preempted last. */
  public int keptTokens() {
    return keptTokens;
  }

  /** Copies bring the KV from token {@code from} on: nothing behind it is planned before. */
  public void await(Restore loads, int from, long now) {
    restore = loads;
    restoreFrom = from;
    awaitedSinceNanos = now;
  }

  /** When the loads that it waits for were ordered, nanoseconds. */
  public long awaitedSinceNanos() {
    return awaitedSinceNanos;
  }

  /** Loads took too long: from now on it computes what it needs. */
  public void losePatience() {
    impatient = true;
  }

  /** Whether it waits for no loads any more. */
  public boolean impatient() {
    return impatient;
  }

  /** The loads it waits for; null without. */
  public @Nullable Restore restore() {
    return restore;
  }

  /** First token that the loads bring. */
  public int restoreFrom() {
    return restoreFrom;
  }

  /** Tokens whose KV came from the tiers, over all admissions. */
  public int restoredTokens() {
    return restoredTokens;
  }

  /** Most tokens that may be planned now, of {@code expected}. */
  int plannable(int expected) {
    return restore == null ? expected : restoreFrom;
  }

  void brought(int tokens) {
    restore = null;
    restoredTokens += tokens;
  }

  void forgetRestore() {
    restore = null;
  }
}

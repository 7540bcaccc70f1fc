package io.kvasir.scheduler.request;

import org.jspecify.annotations.Nullable;

/**
 * What lower tiers keep of a request and bring back: a part of {@link Request}. Confined to the
 * scheduler loop.
 */
public final class RequestSwap {
  private final RequestProbe probe = new RequestProbe();
  private final RequestPrefetch prefetch = new RequestPrefetch();
  private final RequestHits hits = new RequestHits();
  private int keptTokens;
  private @Nullable RequestRestore restore;
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

  /** Loads took too long: with this worker it computes what it needs from now on. */
  public void losePatience() {
    impatient = true;
  }

  /** Whether it waits for no loads any more. */
  public boolean impatient() {
    return impatient;
  }

  /** What is known of its blocks on a shared server. */
  public RequestProbe probe() {
    return probe;
  }

  /** What is loaded before it is admitted. */
  public RequestPrefetch prefetch() {
    return prefetch;
  }

  /** Where its prompt was found. */
  public RequestHits hits() {
    return hits;
  }

  /** Copies bring KV from now on. */
  public void begin(RequestRestore loads) {
    restore = loads;
  }

  /** The loads under way; null without. */
  public @Nullable RequestRestore restore() {
    return restore;
  }

  /** The loads are over, or nobody waits for them any more. */
  public void endRestore() {
    restore = null;
  }

  /** Most tokens that may be planned now, of {@code expected}. */
  int plannable(int expected) {
    return restore == null ? expected : Math.min(expected, restore.limitTokens());
  }

  void brought(int tokens) {
    if (restore != null) {
      restore.brought(tokens);
    }
  }

  void loseWorker() {
    keptTokens = 0;
    impatient = false;
    probe.reset();
    prefetch.reset();
  }
}

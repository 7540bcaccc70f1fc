package io.kvasir.scheduler.request;

import java.util.List;

/**
 * A running request lost its blocks and waits to be resumed.
 *
 * @param kv what became of its KV
 * @param tiers names of the tiers that keep it, fastest first; empty unless SWAPPED
 * @param keptTokens tokens whose KV they keep
 */
public record PreemptedEvent(KvFate kv, List<String> tiers, int keptTokens) implements StreamEvent {

  /** What became of the KV of a preempted request. */
  public enum KvFate {
    /** Lower tiers keep it, as far as they have room. */
    SWAPPED,
    /** It is computed again. */
    DROPPED,
    /** Its worker was lost and the KV with it. */
    WORKER_LOST
  }

  public PreemptedEvent {
    tiers = List.copyOf(tiers);
  }
}

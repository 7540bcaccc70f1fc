package io.kvasir.scheduler.request;

/**
 * A preempted request got blocks again.
 *
 * @param stalledNanos since it lost them, nanoseconds
 * @param loadedTokens tokens whose KV lower tiers hold: it is loaded, or computed where that is
 *     faster
 * @param missingTokens tokens whose KV has to be computed, again or for the first time
 */
public record ResumedEvent(long stalledNanos, int loadedTokens, int missingTokens)
    implements StreamEvent {}

package io.kvasir.loadtest.hitrate;

/**
 * What a cache did for a trace.
 *
 * @param hitTokens prompt tokens found in the cache
 * @param hitShare of all prompt tokens
 * @param costSavedShare of the cost of computing all prompts
 * @param evictedBlocks blocks given up
 */
public record HitRate(long hitTokens, double hitShare, double costSavedShare, long evictedBlocks) {}

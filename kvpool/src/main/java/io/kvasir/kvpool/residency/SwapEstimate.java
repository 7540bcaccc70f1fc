package io.kvasir.kvpool.residency;

/**
 * What a swap-out would come to.
 *
 * @param blocks that the request has
 * @param kept of those, blocks that a tier holds or would get
 * @param room whether any tier has room for its blocks
 * @param nanos time to store what is not there yet and to load all of {@code kept}, all links at
 *     once, nanoseconds
 */
public record SwapEstimate(int blocks, int kept, boolean room, double nanos) {}

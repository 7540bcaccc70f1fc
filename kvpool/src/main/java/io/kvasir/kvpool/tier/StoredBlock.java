package io.kvasir.kvpool.tier;

/**
 * A block that a tier holds already when a worker connects.
 *
 * @param tier number of the tier
 * @param slot where
 * @param hashHi upper half of its identity
 * @param hashLo lower half
 * @param tokens leading tokens whose KV counts
 * @param generation of the record
 * @param saltTag of its chain, see {@link io.kvasir.kvpool.prefix.SaltTag}
 * @param lastUseMillis when it was last stored or loaded, Unix milliseconds
 */
public record StoredBlock(
    int tier,
    int slot,
    long hashHi,
    long hashLo,
    int tokens,
    int generation,
    int saltTag,
    long lastUseMillis) {}

package io.kvasir.scheduler.request;

import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.residency.RequestCopies;

/**
 * A request's block table, the hashes of its full blocks, and what lower tiers keep of it. Lent to
 * one request at a time.
 *
 * @param table empty while the request waits
 * @param chain hashes of its tokens, under its tenant's salt
 * @param copies its blocks in lower tiers
 */
public record RequestBlocks(BlockTable table, HashChain chain, RequestCopies copies) {}

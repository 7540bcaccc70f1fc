package io.kvasir.scheduler.request;

import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.prefix.HashChain;

/**
 * A request's block table and the hashes of its full blocks. Lent to one request at a time.
 *
 * @param table empty while the request waits
 * @param chain hashes of its tokens, under its tenant's salt
 */
public record RequestBlocks(BlockTable table, HashChain chain) {}

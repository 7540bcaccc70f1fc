package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.prefix.CacheSalt;
import io.kvasir.kvpool.prefix.HashChain;
import org.jspecify.annotations.Nullable;

/** A request of a {@link RandomTierSequence}. */
final class RandomRequest {
  static final int MAX_BLOCKS = 6;

  /** Tenant and domain: what its KV depends on besides its tokens. */
  final String owner;

  final boolean lossy;
  final BlockTable table;
  final HashChain chain = new HashChain(MAX_BLOCKS);
  final RequestCopies copies = new RequestCopies(MAX_BLOCKS);
  final int[] tokens;
  int computed;
  boolean running;
  @Nullable Restore restore;

  RandomRequest(String tenant, boolean lossy, BlockTable table, int[] tokens) {
    this.owner = tenant + (lossy ? " lossy" : "");
    this.lossy = lossy;
    this.table = table;
    this.tokens = tokens;
    chain.reset(CacheSalt.of(0, 0, tenant, "", lossy));
  }
}

package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.prefix.CacheSalt;
import io.kvasir.kvpool.prefix.HashChain;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A request of a {@link RandomTierSequence}. */
final class RandomRequest {
  final String tenant;
  final BlockTable table;
  final HashChain chain;
  final RequestCopies copies;
  final int[] tokens;
  int computed;
  boolean running;
  @Nullable Restore restore;

  RandomRequest(String tenant, BlockTable table, int[] tokens, int maxBlocks) {
    this.tenant = tenant;
    this.table = table;
    this.tokens = tokens;
    chain = new HashChain(maxBlocks);
    copies = new RequestCopies(maxBlocks);
    CacheSalt salt = CacheSalt.of(tenant, "");
    chain.reset(salt.hi(), salt.lo());
  }

  /** The KV of a token depends on its tenant's salt and on every token up to it. */
  String bytes(int position) {
    return tenant + Arrays.toString(Arrays.copyOf(tokens, position + 1));
  }
}

package io.kvasir.kvpool.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.prefix.CacheSalt;
import io.kvasir.kvpool.prefix.HashChain;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A request of a {@link RandomTierSequence}. */
final class RandomRequest {
  final String owner;
  final boolean lossy;
  final BlockTable table;
  final HashChain chain;
  final RequestCopies copies;
  final int[] tokens;
  int computed;
  boolean running;
  @Nullable Restore restore;

  RandomRequest(String tenant, boolean lossy, BlockTable table, int[] tokens, int maxBlocks) {
    owner = tenant + (lossy ? " lossy" : "");
    this.lossy = lossy;
    this.table = table;
    this.tokens = tokens;
    chain = new HashChain(maxBlocks);
    copies = new RequestCopies(maxBlocks);
    chain.reset(CacheSalt.of(0, 0, tenant, "", lossy));
  }

  /** The KV of a token depends on its owner's salt and on every token up to it. */
  String bytes(int position) {
    return owner + Arrays.toString(Arrays.copyOf(tokens, position + 1));
  }

  /** What it believes computed must be what its blocks hold, but for what a lossy tier changed. */
  void check(String[][] device, int blockTokens) {
    for (int position = 0; running && position < computed; position++) {
      String held = device[table.blockId(position / blockTokens)][position % blockTokens];
      assertThat(lossy ? held.replace("~", "") : held)
          .as("token %d of %s", position, Arrays.toString(tokens))
          .isEqualTo(bytes(position));
    }
  }

  /** Loads of what leads it before it is admitted; says what came of it. */
  String loadAhead(Residency residency, int most) {
    int to = chain.blocks();
    int present = residency.loads().present(chain, to);
    int loading = residency.loads().ahead(chain, present, to, most);
    assertThat(loading).isBetween(0, Math.min(most, to - present));
    return loading > 0 ? "loaded ahead" : "nothing to load ahead";
  }
}

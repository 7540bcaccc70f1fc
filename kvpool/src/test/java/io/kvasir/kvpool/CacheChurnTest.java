package io.kvasir.kvpool;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.Allocation.Granted;
import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.evict.LruEviction;
import io.kvasir.kvpool.group.GroupAllocator;
import io.kvasir.kvpool.group.GroupSizes;
import io.kvasir.kvpool.group.NaiveAllocator;
import io.kvasir.kvpool.group.SlotAllocator;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.prefix.OpenPrefixIndex;
import io.kvasir.kvpool.swap.CostModel;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A pool that is full of cached blocks, as a pool in service is: twenty requests decode in turns,
 * and every block that one of them gets is another's that was evicted.
 */
final class CacheChurnTest {
  private static final int BLOCKS = 2048;
  private static final int REQUESTS = 20;
  private static final int MAX_BLOCKS = 96;
  private static final long SEED = 20_26;

  private final Random random = new Random(SEED);
  private final BlockTable[] tables = new BlockTable[REQUESTS];
  private final HashChain[] chains = new HashChain[REQUESTS];
  private final int[] targets = new int[REQUESTS];
  private int prompts;
  private int fewestInUse = BLOCKS;

  @Test
  void groupsStayLongAndCostLittleOfTheCache() {
    KvPool grouped = churn(new GroupAllocator(BLOCKS, new GroupSizes(8, 32)));
    assertThat(grouped.slotFigures().meanRunLength()).as("seed %d", SEED).isGreaterThan(5);
    assertThat(fewestInUse).isBetween(BLOCKS - BLOCKS / 16, BLOCKS - 1);
  }

  @Test
  void singleBlocksAreScattered() {
    KvPool naive = churn(new NaiveAllocator(BLOCKS));
    assertThat(naive.slotFigures().meanRunLength()).as("seed %d", SEED).isLessThan(1.5);
    assertThat(naive.freeBlocks()).isZero();
  }

  private KvPool churn(SlotAllocator slots) {
    KvPool pool =
        new KvPool(
            new KvPoolConfig(BLOCKS, 1, MAX_BLOCKS, true),
            slots,
            new LruEviction(BLOCKS),
            new OpenPrefixIndex(BLOCKS),
            List.of(),
            new CostModel(1, List.of()));
    for (int i = 0; i < REQUESTS; i++) {
      tables[i] = pool.newTable();
      chains[i] = new HashChain(MAX_BLOCKS);
    }
    boolean full = false;
    for (int step = 0; step < 40_000; step++) {
      int request = random.nextInt(REQUESTS);
      if (tables[request].blockCount() == 0) {
        admit(pool, request);
      } else if (tables[request].blockCount() == targets[request]) {
        pool.release(tables[request]);
      } else {
        int tokens = tables[request].blockCount() + 1;
        assertThat(pool.grow(tables[request], tokens, 0)).isInstanceOf(Granted.class);
        pool.commit(tables[request], chains[request], tokens);
      }
      full |= pool.freeBlocks() <= BLOCKS / 16;
      boolean settled = full && tables[request].blockCount() == targets[request];
      if (settled && step % 16 == 0) {
        pool.checkIntegrity();
        fewestInUse = Math.min(fewestInUse, pool.ownedBlocks() + pool.cachedBlocks());
      }
    }
    return pool;
  }

  private void admit(KvPool pool, int request) {
    int prompt = 1 + random.nextInt(MAX_BLOCKS / 2);
    targets[request] = prompt + random.nextInt(MAX_BLOCKS / 2);
    int[] tokens = new int[MAX_BLOCKS];
    tokens[0] = ++prompts;
    chains[request].reset(prompts, 0);
    chains[request].extend(tokens, MAX_BLOCKS, 1);
    assertThat(pool.admit(tables[request], chains[request], 0, prompt, 0))
        .isEqualTo(new Granted(prompt, 0));
    pool.commit(tables[request], chains[request], prompt);
  }
}

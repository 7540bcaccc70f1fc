package io.kvasir.kvpool;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.evict.EvictionKind;
import io.kvasir.kvpool.evict.ValueEviction;
import io.kvasir.kvpool.group.GroupSizes;
import io.kvasir.kvpool.group.NaiveAllocator;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.prefix.OpenPrefixIndex;
import io.kvasir.kvpool.prefix.PrefixIndex;
import io.kvasir.kvpool.swap.CostModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A pool that gives up what is worth least. */
final class ValuePoolTest {
  private static final int BLOCKS = 24;
  private static final int MAX_BLOCKS = 12;

  /** Tokens; a fourth of the position where cost doubles. */
  private static final int BLOCK_TOKENS = EvictionKind.DOUBLE_COST_TOKENS / 4;

  @Test
  void longSequenceOutlivesShortOnes() {
    assertThat(keptOfLongSequence(EvictionKind.VALUE)).isEqualTo(8);
    assertThat(keptOfLongSequence(EvictionKind.LRU)).isZero();
  }

  /** Eight blocks are used once, then single ones come and go. */
  private static int keptOfLongSequence(EvictionKind eviction) {
    KvPool pool =
        new KvPool(
            new KvPoolConfig(
                BLOCKS, BLOCK_TOKENS, MAX_BLOCKS, true, new GroupSizes(1, 1), eviction));
    HashChain eight = use(pool, 0, 8);
    for (int prompt = 1; prompt <= 30; prompt++) {
      use(pool, prompt, 1);
    }
    pool.checkIntegrity();
    return pool.matchPrefix(eight, 8);
  }

  private static HashChain use(KvPool pool, int token, int blocks) {
    int[] tokens = new int[blocks * BLOCK_TOKENS];
    Arrays.fill(tokens, token);
    HashChain chain = chain(tokens, BLOCK_TOKENS);
    BlockTable table = pool.newTable();
    assertThat(pool.admit(table, chain, blocks - 1, tokens.length, 0))
        .isInstanceOf(Allocation.Granted.class);
    pool.commit(table, chain, tokens.length);
    pool.release(table);
    return chain;
  }

  private static HashChain chain(int[] tokens, int blockTokens) {
    HashChain chain = new HashChain(MAX_BLOCKS);
    chain.reset(1, 2);
    chain.extend(tokens, tokens.length, blockTokens);
    return chain;
  }

  /** Nothing is kept that no prefix can find, whoever shared what with whom. */
  @Test
  void tailGoesBeforeWhatItNeeds() {
    int evictions = 0;
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      PrefixIndex index = new OpenPrefixIndex(BLOCKS);
      KvPool pool =
          new KvPool(
              new KvPoolConfig(BLOCKS, 1, MAX_BLOCKS, true),
              new NaiveAllocator(BLOCKS),
              new ValueEviction(BLOCKS, 2),
              index,
              List.of(),
              new CostModel(1, List.of()));
      BlockTable[] tables = {pool.newTable(), pool.newTable(), pool.newTable()};
      List<HashChain> chains = new ArrayList<>();
      for (int step = 0; step < 100; step++) {
        BlockTable table = tables[random.nextInt(tables.length)];
        pool.release(table);
        int[] tokens = random.ints(1 + random.nextInt(MAX_BLOCKS), 0, 2).toArray();
        HashChain chain = chain(tokens, 1);
        if (pool.admit(table, chain, tokens.length - 1, tokens.length, 0)
            instanceof Allocation.Granted) {
          pool.commit(table, chain, tokens.length);
          chains.add(chain);
        }
        pool.checkIntegrity();
        for (HashChain each : chains) {
          int kept = pool.matchPrefix(each, MAX_BLOCKS);
          evictions += kept < each.blocks() ? 1 : 0;
          for (int i = kept; i < each.blocks(); i++) {
            assertThat(index.find(each.hi(i), each.lo(i)))
                .as("seed %d, step %d", seed, step)
                .isEqualTo(PrefixIndex.ABSENT);
          }
        }
      }
    }
    assertThat(evictions).isGreaterThan(1000);
  }
}

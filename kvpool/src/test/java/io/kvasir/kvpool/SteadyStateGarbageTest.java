package io.kvasir.kvpool;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.evict.EvictionKind;
import io.kvasir.kvpool.group.GroupSizes;
import io.kvasir.kvpool.prefix.HashChain;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests come, match, grow, are refused, evict and go; after a warm-up that makes no garbage. */
final class SteadyStateGarbageTest {
  private static final int BLOCK_TOKENS = 16;
  private static final int REQUESTS = 4;
  private static final int TOKENS = 512;
  private static final int ROUNDS = 200;

  private final BlockTable[] tables = new BlockTable[REQUESTS];
  private final HashChain[] chains = new HashChain[REQUESTS];
  private final int[] tokens = new int[TOKENS];
  private int turn;
  private int refused;
  private int shared;

  @ParameterizedTest
  @EnumSource
  void steadyStateAllocatesNoObjects(EvictionKind eviction) {
    KvPool pool =
        new KvPool(new KvPoolConfig(72, BLOCK_TOKENS, 64, true, GroupSizes.DEFAULT, eviction));
    for (int i = 0; i < REQUESTS; i++) {
      tables[i] = pool.newTable();
      chains[i] = new HashChain(64);
    }
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    run(pool, ROUNDS);
    // The compiler may still replace code during the first measurement: three tries.
    long bytes = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 3 && bytes > 0; attempt++) {
      long before = thread.getCurrentThreadAllocatedBytes();
      run(pool, ROUNDS);
      bytes = thread.getCurrentThreadAllocatedBytes() - before;
    }
    assertThat(bytes).isZero();
    assertThat(refused).isPositive();
    assertThat(shared).isPositive();
    pool.checkIntegrity();
  }

  private void run(KvPool pool, int rounds) {
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < REQUESTS; i++) {
        serve(pool, tables[i], chains[i]);
      }
    }
  }

  private void serve(KvPool pool, BlockTable table, HashChain chain) {
    pool.release(table);
    turn = (turn + 1) % 24;
    // Half of the prompt is one of two system prompts, the rest one of twelve questions.
    for (int i = 0; i < TOKENS; i++) {
      tokens[i] = i < TOKENS / 2 ? turn % 2 : turn;
    }
    chain.reset(turn % 2, 7);
    chain.extend(tokens, TOKENS, BLOCK_TOKENS);
    Allocation result = pool.admit(table, chain, (TOKENS - 1) / BLOCK_TOKENS, TOKENS / 2 + 1, 2);
    if (!(result instanceof Allocation.Granted granted)) {
      refused++;
      return;
    }
    shared += granted.sharedBlocks();
    for (int computed = TOKENS / 2 + 1; computed <= TOKENS; computed++) {
      if (pool.grow(table, computed, 1) instanceof Allocation.Insufficient) {
        refused++;
        return;
      }
      pool.commit(table, chain, computed);
    }
  }
}

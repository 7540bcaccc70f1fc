package io.kvasir.kvpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.kvpool.Allocation.Granted;
import io.kvasir.kvpool.Allocation.Insufficient;
import io.kvasir.kvpool.block.BlockState;
import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.group.GroupSizes;
import io.kvasir.kvpool.prefix.HashChain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Eight blocks of four tokens; tables of six blocks. */
final class KvPoolTest {
  private final KvPool pool = new KvPool(new KvPoolConfig(8, 4, 6, true, new GroupSizes(1, 1)));
  private final BlockTable table = pool.newTable();
  private final BlockTable other = pool.newTable();
  private final HashChain abc = chain("aaaabbbbcccc");

  @AfterEach
  void integrity() {
    pool.checkIntegrity();
  }

  @Test
  void admissionAllocatesWhatTheTokensNeed() {
    assertThat(pool.admit(table, abc, 2, 9, 0)).isEqualTo(new Granted(3, 0));
    assertThat(table).hasToString("[0, 1, 2]");
    expectCounts(5, 3, 0);
  }

  @Test
  void growthAllocatesWhatIsMissing() {
    pool.admit(table, abc, 0, 8, 0);
    assertThat(pool.grow(table, 8, 8)).isEqualTo(new Granted(0, 0));
    assertThat(pool.grow(table, 5, 8)).isEqualTo(new Granted(0, 0));
    assertThat(pool.grow(table, 9, 0)).isEqualTo(new Granted(1, 0));
    assertThat(pool.grow(table, 21, 0)).isEqualTo(new Granted(3, 0));
    assertThat(table.blockCount()).isEqualTo(6);
  }

  @Test
  void growthLeavesTheReserveOrChangesNothing() {
    pool.admit(table, abc, 0, 12, 0);
    assertThat(pool.grow(table, 24, 3)).isEqualTo(new Insufficient(1));
    expectCounts(5, 3, 0);
    assertThat(pool.grow(table, 24, 2)).isEqualTo(new Granted(3, 0));
    assertThat(pool.grow(other, 12, 0)).isEqualTo(new Insufficient(1));
    assertThat(pool.grow(other, 4, Integer.MAX_VALUE))
        .isEqualTo(new Insufficient(Integer.MAX_VALUE - 1));
    assertThat(other.blockCount()).isZero();
  }

  @Test
  void committedBlocksAreSharedWithoutCopy() {
    compute(table, abc, 12);
    assertThat(pool.matchPrefix(abc, 3)).isEqualTo(3);
    assertThat(pool.matchPrefix(abc, 2)).isEqualTo(2);
    assertThat(pool.matchPrefix(abc, 0)).isZero();
    assertThat(pool.matchPrefix(abc, -1)).isZero();
    assertThat(pool.admit(other, abc, 2, 12, 0)).isEqualTo(new Granted(1, 2));
    assertThat(other).hasToString("[0, 1, 4]");
    expectCounts(4, 4, 0);
  }

  @Test
  void onlyObservedFullBlocksAreMatched() {
    pool.admit(table, abc, 0, 12, 0);
    assertThat(pool.matchPrefix(abc, 3)).isZero();
    pool.commit(table, abc, 7);
    assertThat(pool.matchPrefix(abc, 3)).isEqualTo(1);
    pool.commit(table, abc, 8);
    assertThat(pool.matchPrefix(abc, 3)).isEqualTo(2);
  }

  @Test
  void sharingIsLimitedByTheTokens() {
    compute(table, abc, 12);
    assertThat(pool.admit(other, abc, 3, 5, 0)).isEqualTo(new Granted(0, 2));
    assertThat(other).hasToString("[0, 1]");
  }

  @Test
  void matchStopsAtTheFirstGap() {
    compute(table, abc, 12);
    assertThat(pool.matchPrefix(chain("aaaabbbbxxxx"), 3)).isEqualTo(2);
    assertThat(pool.matchPrefix(chain("xxxxbbbbcccc"), 3)).isZero();
    assertThat(pool.matchPrefix(Prompt.chain("other", "aaaabbbbcccc", 4), 3)).isZero();
  }

  @Test
  void releasedBlocksAreMatchedUntilTheyAreEvictedTailFirst() {
    compute(table, abc, 12);
    pool.release(table);
    assertThat(table.blockCount()).isZero();
    expectCounts(5, 0, 3);
    assertThat(pool.matchPrefix(abc, 3)).isEqualTo(3);
    pool.grow(other, 24, 0);
    assertThat(other).hasToString("[2, 3, 4, 5, 6, 7]");
    assertThat(pool.matchPrefix(abc, 3)).isEqualTo(2);
  }

  @Test
  void blocksWithoutHashesAreFreedAtOnce() {
    pool.admit(table, abc, 0, 12, 0);
    pool.commit(table, abc, 7);
    pool.release(table);
    expectCounts(7, 0, 1);
    pool.release(table);
    expectCounts(7, 0, 1);
  }

  @Test
  void sharedBlocksStayUntilTheLastReference() {
    compute(table, abc, 12);
    pool.admit(other, abc, 2, 9, 0);
    pool.release(table);
    assertThat(pool.blockState(0)).isEqualTo(BlockState.REGISTERED);
    assertThat(pool.blockState(2)).isEqualTo(BlockState.CACHED);
    pool.release(other);
    expectCounts(5, 0, 3);
  }

  @Test
  void admissionDoesNotEvictWhatItMatched() {
    compute(table, abc, 12);
    pool.release(table);
    // Three cached and five free blocks; sharing three leaves five for three new ones.
    assertThat(pool.admit(other, chain("aaaabbbbccccddddeeeeffff"), 5, 24, 2))
        .isEqualTo(new Granted(3, 3));
    assertThat(other).hasToString("[0, 1, 2, 3, 4, 5]");
    pool.grow(table, 8, 0);
    expectCounts(0, 8, 0);
  }

  @Test
  void refusedAdmissionKeepsTheOrderOfEviction() {
    compute(table, abc, 12);
    pool.release(table);
    compute(table, chain("xxxxyyyy"), 8);
    pool.release(table);
    // [2 1 0 | 4 3] are cached, 5 6 7 free.
    assertThat(pool.admit(other, abc, 2, 24, 3)).isEqualTo(new Insufficient(1));
    assertThat(pool.matchPrefix(abc, 3)).isEqualTo(3);
    expectCounts(3, 0, 5);
    pool.grow(table, 16, 0);
    pool.grow(other, 16, 0);
    assertThat(table).hasToString("[5, 6, 7, 2]");
    assertThat(other).hasToString("[3, 4, 0, 1]");
  }

  @Test
  void duplicateOfARegisteredBlockStaysPrivate() {
    pool.admit(table, abc, 2, 12, 0);
    pool.admit(other, abc, 2, 12, 0);
    pool.commit(table, abc, 12);
    pool.commit(other, abc, 12);
    assertThat(other).hasToString("[4, 5, 6]");
    assertThat(pool.blockState(4)).isEqualTo(BlockState.OWNED);
    pool.release(other);
    expectCounts(5, 3, 0);
    pool.release(table);
    expectCounts(5, 0, 3);
  }

  @Test
  void withoutPrefixCachingNothingIsKept() {
    KvPool plain = new KvPool(new KvPoolConfig(8, 4, 6, false));
    BlockTable only = plain.newTable();
    plain.admit(only, abc, 2, 12, 0);
    plain.commit(only, abc, 12);
    assertThat(plain.matchPrefix(abc, 3)).isZero();
    plain.release(only);
    assertThat(plain.freeBlocks()).isEqualTo(8);
    plain.checkIntegrity();
  }

  @Test
  void resetForgetsCachedBlocksAndRefusesWhileBlocksAreOwned() {
    compute(table, abc, 12);
    assertThatThrownBy(pool::reset)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("3 blocks are owned; release their tables");
    pool.release(table);
    pool.reset();
    expectCounts(8, 0, 0);
    assertThat(pool.matchPrefix(abc, 3)).isZero();
  }

  @Test
  void misuseIsRefusedAndChangesNothing() {
    compute(table, abc, 12);
    assertThatThrownBy(() -> pool.admit(table, abc, 0, 4, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the table holds 3 blocks already");
    assertThatThrownBy(() -> pool.admit(other, abc, 2, 25, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("25 tokens need 7 blocks, a table holds at most 6");
    assertThatThrownBy(() -> pool.admit(other, abc, 2, -1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> pool.admit(other, abc, 2, 12, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("reserveBlocks must not be negative, is -1");
    assertThatThrownBy(() -> pool.commit(table, abc, 13))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("13 computed tokens in a table of 3 blocks");
    assertThatThrownBy(() -> pool.commit(table, chain("aaaabbbb"), 12))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 full blocks, but only 2 are hashed");
    assertThatThrownBy(
            () -> pool.grow(new KvPool(new KvPoolConfig(8, 4, 6, true)).newTable(), 4, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the table belongs to another pool");
    expectCounts(5, 3, 0);
  }

  private void compute(BlockTable into, HashChain chain, int tokens) {
    assertThat(pool.admit(into, chain, 0, tokens, 0)).isInstanceOf(Granted.class);
    pool.commit(into, chain, tokens);
  }

  private void expectCounts(int free, int owned, int cached) {
    assertThat(pool.freeBlocks()).as("free").isEqualTo(free);
    assertThat(pool.ownedBlocks()).as("owned").isEqualTo(owned);
    assertThat(pool.cachedBlocks()).as("cached").isEqualTo(cached);
    assertThat(pool.allocatableBlocks()).isEqualTo(free + cached);
    assertThat(pool.totalBlocks()).isEqualTo(free + owned + cached + pool.inFlightBlocks());
  }

  private static HashChain chain(String text) {
    return Prompt.chain("acme", text, 4);
  }
}

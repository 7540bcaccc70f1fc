package io.kvasir.kvpool.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.kvpool.evict.LruEviction;
import io.kvasir.kvpool.group.NaiveAllocator;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.prefix.OpenPrefixIndex;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class BlockPoolTest {
  private final BlockPool pool =
      new BlockPool(new NaiveAllocator(6), new LruEviction(6), new OpenPrefixIndex(6));
  private final BlockTable table = pool.newTable(4);
  private final BlockTable other = pool.newTable(4);

  @AfterEach
  void integrity() {
    assertThat(pool.violations()).isEmpty();
  }

  @Test
  void lowestIdsAreGivenAwayFirstAndAgainInTheSameOrder() {
    pool.allocate(table, 3);
    assertThat(table).hasToString("[0, 1, 2]");
    pool.release(table);
    pool.allocate(other, 4);
    assertThat(other).hasToString("[0, 1, 2, 3]");
  }

  @Test
  void everyAllocationStartsANewGeneration() {
    pool.allocate(table, 1);
    assertThat(table.generations[0]).isEqualTo(1);
    pool.release(table);
    pool.allocate(table, 1);
    assertThat(table.blockId(0)).isZero();
    assertThat(table.generations[0]).isEqualTo(2);
  }

  @Test
  void sharingKeepsTheGeneration() {
    HashChain chain = registered(2);
    pool.release(table);
    pool.share(other, new int[] {0, 1}, 2);
    assertThat(other.generations[1]).isEqualTo(1);
    assertThat(pool.find(chain.hi(1), chain.lo(1))).isEqualTo(1);
  }

  @Test
  void stateFollowsTheBlock() {
    assertThat(pool.state(0)).isEqualTo(BlockState.FREE);
    registered(1);
    assertThat(pool.state(0)).isEqualTo(BlockState.REGISTERED);
    pool.allocate(table, 1);
    assertThat(pool.state(1)).isEqualTo(BlockState.OWNED);
    pool.release(table);
    assertThat(pool.state(0)).isEqualTo(BlockState.CACHED);
    assertThat(pool.state(1)).isEqualTo(BlockState.FREE);
    pool.evictAll();
    assertThat(pool.state(0)).isEqualTo(BlockState.FREE);
  }

  @Test
  void exhaustionAndFullTablesChangeNothing() {
    pool.allocate(table, 3);
    assertThatThrownBy(() -> pool.allocate(other, 4))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("4 blocks asked for, 3 free and 0 cached");
    assertThatThrownBy(() -> pool.allocate(table, 2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("2 blocks more than the 3 of a table for 4");
    assertThatThrownBy(() -> pool.allocate(table, -1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> pool.share(table, new int[] {0}, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the table holds 3 blocks already");
    assertThat(pool.freeBlocks()).isEqualTo(3);
  }

  @Test
  void blocksThatAreNotRegisteredCannotBeShared() {
    assertThatThrownBy(() -> pool.share(table, new int[] {5}, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("block 5: illegal move FREE -> REGISTERED");
  }

  @Test
  void commitMustFitTheTable() {
    HashChain chain = registered(2);
    assertThatThrownBy(() -> pool.commit(table, chain, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 full blocks in a table of 2, 2 of them committed");
    assertThatThrownBy(() -> pool.commit(table, chain, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void sharedBlocksCountAsCommitted() {
    HashChain chain = registered(2);
    pool.share(other, new int[] {0, 1}, 2);
    assertThatThrownBy(() -> pool.commit(other, chain, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1 full blocks in a table of 2, 2 of them committed");
  }

  @Test
  void foreignTablesAreRefused() {
    BlockPool stranger =
        new BlockPool(new NaiveAllocator(6), new LruEviction(6), new OpenPrefixIndex(6));
    assertThatThrownBy(() -> stranger.allocate(table, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the table belongs to another pool");
    assertThatThrownBy(() -> stranger.release(table)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> stranger.commit(table, new HashChain(1), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tableIsReadWithinItsBounds() {
    pool.allocate(table, 3);
    assertThat(table.blockCount()).isEqualTo(3);
    assertThat(table.capacity()).isEqualTo(4);
    assertThat(table.copyOfRange(1, 3)).containsExactly(1, 2);
    assertThat(table.copyOfRange(3, 3)).isEmpty();
    assertThatThrownBy(() -> table.blockId(3))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("block 3 of a table of 3");
    assertThatThrownBy(() -> table.blockId(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> table.copyOfRange(1, 4))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("blocks 1 to 4 of a table of 3");
    assertThatThrownBy(() -> table.copyOfRange(2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> table.copyOfRange(-1, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  private HashChain registered(int blocks) {
    HashChain chain = new HashChain(4);
    chain.extend(new int[] {1, 2, 3, 4}, blocks, 1);
    pool.allocate(table, blocks);
    pool.commit(table, chain, blocks);
    return chain;
  }
}

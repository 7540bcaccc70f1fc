package io.kvasir.kvpool.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.evict.LruEviction;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.prefix.OpenPrefixIndex;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Breaks one fact at a time in a pool with a block in every state: each break must be noticed. */
final class PoolIntegrityTest {
  private final BlockPool pool = new BlockPool(8, new LruEviction(8), new OpenPrefixIndex(8));
  private final BlockTable first = pool.newTable(4);
  private final BlockTable second = pool.newTable(4);
  private final BlockTable third = pool.newTable(4);

  /** first [0 REGISTERED, 1 OWNED], second [0, 4 OWNED], 2 and 3 CACHED, 5, 6 and 7 FREE. */
  @BeforeEach
  void fill() {
    pool.allocate(first, 2);
    pool.commit(first, chain(1), 1);
    pool.allocate(third, 2);
    pool.commit(third, chain(2), 2);
    pool.share(second, new int[] {0}, 1);
    pool.allocate(second, 1);
    pool.release(third);
    assertThat(pool.violations()).isEmpty();
  }

  @Test
  void lostReference() {
    breaks(p -> p.meta.references[0]--, "references of block 0: counted 2, recorded 1");
  }

  @Test
  void ownedBlockHeldTwice() {
    breaks(
        p -> {
          second.blocks[1] = 1;
          second.generations[1] = p.meta.generations[1];
          p.meta.references[1] = 2;
          p.meta.references[4] = 0;
        },
        "OWNED block 1 has 2 references, 0 holds",
        "OWNED block 4 has 0 references, 0 holds");
  }

  @Test
  void leakedBlock() {
    breaks(
        p -> p.free.remove(6),
        "free blocks: counted 3, recorded 2",
        "free + owned + cached + in flight: counted 8, recorded 7",
        "FREE block 6 is not in the free queue");
  }

  @Test
  void blockFreeAndOwned() {
    breaks(
        p -> p.free.addLast(1),
        "free blocks: counted 3, recorded 4",
        "OWNED block 1 is in the free queue");
  }

  @Test
  void cachedBlockThatCannotBeEvicted() {
    breaks(
        p -> p.evictable.remove(3),
        "cached blocks: counted 2, recorded 1",
        "CACHED block 3 is not evictable");
  }

  @Test
  void blockEvictableWhileReferenced() {
    breaks(p -> p.evictable.add(0), "REGISTERED block 0 is evictable");
  }

  @Test
  void wrongState() {
    breaks(
        p -> p.meta.states[1] = BlockState.CACHED.code,
        "owned blocks: counted 2, recorded 3",
        "CACHED block 1 has 1 references, 0 holds",
        "CACHED block 1 is not evictable",
        "CACHED block 1 is registered, but its hash finds -1");
  }

  @Test
  void hashThatFindsAnotherBlock() {
    breaks(p -> p.meta.hashLo[2] ^= 1, "CACHED block 2 is registered, but its hash finds -1");
  }

  @Test
  void hashOfABlockThatIsGone() {
    breaks(p -> p.index.putIfAbsent(1, 1, 5), "indexed hashes: counted 3, recorded 4");
  }

  @Test
  void staleTableEntry() {
    breaks(
        p -> p.meta.generations[4]++, "entry 1 of table [0, 4] is of generation 1, block 4 of 2");
  }

  @Test
  void tableMissingFromTheList() {
    breaks(
        p -> second.nextLive = null,
        "references of block 0: counted 1, recorded 2",
        "references of block 1: counted 0, recorded 1");
  }

  @Test
  void brokenListOfTables() {
    breaks(p -> first.previousLive = null, "the list of live tables is broken before table [0, 1]");
  }

  @Test
  void emptyTableInTheList() {
    breaks(p -> first.committed = 3, "live table [0, 1] has committed 3");
  }

  private void breaks(Consumer<BlockPool> damage, String... violations) {
    damage.accept(pool);
    assertThat(pool.violations()).contains(violations);
  }

  private static HashChain chain(int salt) {
    HashChain chain = new HashChain(4);
    chain.reset(salt, 0);
    chain.extend(new int[] {1, 2, 3, 4}, 4, 1);
    return chain;
  }
}

package io.kvasir.kvpool.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.tier.CopyUrgency;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Somebody who protects prefixes at random, and lets them go again. */
final class RandomKeeping {
  private static final int MOST = 4;

  private final Random random;
  private final Coverage coverage;
  private final BlockKeeper keeper;
  private final List<List<KeptBlock>> prefixes = new ArrayList<>();

  RandomKeeping(BlockKeeper keeper, Random random, Coverage coverage) {
    this.keeper = keeper;
    this.random = random;
    this.coverage = coverage;
  }

  /** Does one thing. */
  void step(HashChain chain) {
    if (prefixes.size() < MOST && random.nextInt(3) > 0) {
      keep(chain);
      return;
    }
    if (prefixes.isEmpty()) {
      return;
    }
    List<KeptBlock> any = prefixes.get(random.nextInt(prefixes.size()));
    switch (random.nextInt(4)) {
      case 0 -> {
        letGo(any);
        prefixes.remove(any);
      }
      case 1 -> {
        for (KeptBlock block : any) {
          coverage.met(keeper.sendDown(block) ? "sent down" : "not sent down");
        }
        keeper.order(CopyUrgency.SWAP_OUT);
      }
      case 2 -> coverage.met(keeper.prefetch(any, 3) > 0 ? "prefetched" : "nothing to prefetch");
      default -> keeper.run();
    }
  }

  private void keep(HashChain chain) {
    List<KeptBlock> prefix = new ArrayList<>();
    for (int i = 0; i < chain.blocks() && keeper.exists(chain.hi(i), chain.lo(i)); i++) {
      prefix.add(keeper.claim(chain.hi(i), chain.lo(i), chain.saltTag()));
    }
    CopyUrgency urgency = random.nextBoolean() ? CopyUrgency.BACKGROUND : CopyUrgency.SWAP_OUT;
    keeper.expectStores(prefix.size());
    for (KeptBlock block : prefix) {
      boolean placed = keeper.place(block, urgency);
      assertThat(keeper.isProtected(block)).isEqualTo(placed);
      String where = block.place() == BlockKeeper.ARENA ? "kept in the arena" : "kept in a tier";
      coverage.met(placed ? where : "not kept");
    }
    keeper.order(urgency);
    prefixes.add(prefix);
  }

  private void letGo(List<KeptBlock> prefix) {
    for (KeptBlock block : prefix) {
      coverage.met(keeper.isProtected(block) ? "let go" : "lost");
      keeper.release(block);
    }
  }

  /** Protects nothing any more. */
  void letGoOfAll() {
    prefixes.forEach(this::letGo);
    prefixes.clear();
    keeper.run();
  }
}

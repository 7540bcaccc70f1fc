package io.kvasir.kvpool.block;

import static io.kvasir.kvpool.block.BlockState.CACHED;
import static io.kvasir.kvpool.block.BlockState.FREE;
import static io.kvasir.kvpool.block.BlockState.OWNED;
import static io.kvasir.kvpool.block.BlockState.REGISTERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class BlockStateTest {
  private static final Map<BlockState, Set<BlockState>> LEGAL =
      Map.of(
          FREE, EnumSet.of(OWNED),
          OWNED, EnumSet.of(REGISTERED, FREE),
          REGISTERED, EnumSet.of(CACHED),
          CACHED, EnumSet.of(REGISTERED, FREE));

  @Test
  void sixMovesAreLegalAndTenThrow() {
    for (BlockState from : BlockState.values()) {
      for (BlockState to : BlockState.values()) {
        BlockMeta meta = new BlockMeta(8);
        meta.states[7] = from.code;
        if (LEGAL.getOrDefault(from, Set.of()).contains(to)) {
          meta.move(7, to);
          assertThat(meta.state(7)).isEqualTo(to);
        } else {
          assertThatThrownBy(() -> meta.move(7, to))
              .isInstanceOf(IllegalStateException.class)
              .hasMessage("block 7: illegal move " + from + " -> " + to);
          assertThat(meta.state(7)).isEqualTo(from);
        }
      }
    }
  }

  @Test
  void registeredAndCachedBlocksAreFoundByTheirHash() {
    assertThat(BlockState.values())
        .filteredOn(BlockState::indexed)
        .containsExactly(REGISTERED, CACHED);
  }
}

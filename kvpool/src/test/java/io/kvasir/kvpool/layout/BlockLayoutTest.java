package io.kvasir.kvpool.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class BlockLayoutTest {
  private static final BlockGeometry GEOMETRY = new BlockGeometry(3, 2, 5, 4, 7);
  private final BlockLayout layout = new BlockLayout(GEOMETRY);

  @Test
  void everyElementHasItsOwnPlaceAndTheArenaIsFull() {
    int blocks = 3;
    BitSet taken = new BitSet();
    for (int block = 0; block < blocks; block++) {
      for (int layer = 0; layer < 3; layer++) {
        for (int head = 0; head < 2; head++) {
          for (int slot = 0; slot < 7; slot++) {
            for (int dim = 0; dim < 5; dim++) {
              claim(taken, block, layout.keyOffset(block, layer, head, slot, dim));
              claim(taken, block, layout.valueOffset(block, layer, head, slot, dim));
            }
          }
        }
      }
    }
    assertThat(taken.cardinality() * 4L).isEqualTo(layout.arenaBytes(blocks));
  }

  private void claim(BitSet taken, int block, long offset) {
    assertThat(offset % 4).isZero();
    assertThat(offset)
        .isBetween(
            layout.blockOffset(block), layout.blockOffset(block) + GEOMETRY.blockBytes() - 4);
    int element = Math.toIntExact(offset / 4);
    assertThat(taken.get(element)).as("element %d", element).isFalse();
    taken.set(element);
  }

  @Test
  void stridesLeadFromElementToElement() {
    assertThat(layout.keyOffset(1, 2, 1, 3, 4))
        .isEqualTo(layout.keyOffset(1, 2, 1) + 4 * layout.keyDimStride() + 3 * 4);
    assertThat(layout.valueOffset(1, 2, 1, 3, 4))
        .isEqualTo(layout.valueOffset(1, 2, 1) + 3 * layout.valueSlotStride() + 4 * 4);
  }

  @Test
  void offsetsBeyondFourGigabytesDoNotOverflow() {
    BlockLayout large = new BlockLayout(new BlockGeometry(32, 8, 128, 2, 16));
    assertThat(large.blockOffset(100_000)).isEqualTo(100_000L * (2 << 20));
    assertThat(large.valueOffset(100_000, 31, 7, 15, 127)).isEqualTo(100_001L * (2 << 20) - 2);
    assertThatThrownBy(() ->
            new BlockLayout(new BlockGeometry(1 << 20, 1 << 10, 1 << 10, 8, 16))
                .arenaBytes(Integer.MAX_VALUE))
        .isInstanceOf(ArithmeticException.class);
  }
}

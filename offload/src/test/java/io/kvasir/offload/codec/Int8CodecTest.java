package io.kvasir.offload.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.kvpool.layout.BlockGeometry;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How far int8 is off. */
final class Int8CodecTest {
  private static final long SEED = 7;

  @Test
  void everyValueIsWithinHalfAStepOfItsGroup() {
    Random random = new Random(SEED);
    for (BlockGeometry shape : TestBlocks.SHAPES) {
      Int8Codec codec = new Int8Codec(shape);
      for (TestBlocks.Kind kind : TestBlocks.Kind.values()) {
        int tokens = 1 + random.nextInt(shape.blockTokens());
        MemorySegment block = TestBlocks.of(shape, kind, random);
        MemorySegment back = TestBlocks.empty(shape);
        codec.decode(TestBlocks.encode(codec, block, tokens), tokens, back);
        for (int layer = 0; layer < shape.layers(); layer++) {
          for (int head = 0; head < shape.kvHeads(); head++) {
            for (int dim = 0; dim < shape.headDim(); dim++) {
              for (int slot = 0; slot < tokens; slot++) {
                check(shape, block, back, layer, 0, head, slot, dim, tokens);
                check(shape, block, back, layer, 1, head, slot, dim, tokens);
              }
            }
          }
        }
      }
    }
  }

  private static void check(
      BlockGeometry shape,
      MemorySegment block,
      MemorySegment back,
      int layer,
      int kv,
      int head,
      int slot,
      int dim,
      int tokens) {
    double largest = 0;
    int count = kv == 0 ? tokens : shape.headDim();
    for (int i = 0; i < count; i++) {
      float value =
          kv == 0
              ? TestBlocks.value(block, shape, layer, 0, head, i, dim)
              : TestBlocks.value(block, shape, layer, 1, head, slot, i);
      largest = Float.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest;
    }
    float value = TestBlocks.value(block, shape, layer, kv, head, slot, dim);
    float decoded = TestBlocks.value(back, shape, layer, kv, head, slot, dim);
    if (Float.isFinite(value)) {
      double scale = Math.max(Float.MIN_NORMAL, largest / 127 * (1 + 0x1p-8));
      assertThat(Math.abs((double) value - decoded))
          .as("%s kv %d, %s, largest %s, seed %d", shape, kv, value, largest, SEED)
          .isLessThanOrEqualTo(Int8Codec.MAX_ERROR * scale);
    } else {
      assertThat(decoded).isNaN();
    }
  }

  @Test
  void aBlockTakesAQuarterAndItsScales() {
    Int8Codec codec = new Int8Codec(new BlockGeometry(6, 2, 32, 4, 16));
    assertThat(codec.maxEncodedBytes()).isEqualTo(6 * 2 * 64 * 16 + 2 * 6 * (64 + 32));
  }

  @Test
  void aScaleThatIsNoneIsRefused() {
    BlockGeometry shape = TestBlocks.SHAPES.getFirst();
    Int8Codec codec = new Int8Codec(shape);
    MemorySegment encoded = TestBlocks.encode(codec, TestBlocks.empty(shape), 16);
    encoded.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) 0x7f80);
    assertThatThrownBy(() -> codec.decode(encoded, 16, TestBlocks.empty(shape)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not a step size: 0x7f80");
  }
}

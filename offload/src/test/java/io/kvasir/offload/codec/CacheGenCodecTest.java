package io.kvasir.offload.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.kvpool.layout.BlockGeometry;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How far the CacheGen-style codec is off, what it saves, and what it makes of damage. */
final class CacheGenCodecTest {
  private static final long SEED = 99;
  private static final BlockGeometry SHAPE = TestBlocks.SHAPES.getFirst();

  @ParameterizedTest
  @EnumSource
  void everyValueIsWithinHalfItsBin(CacheGenLevel level) {
    Random random = new Random(SEED);
    for (BlockGeometry shape : TestBlocks.SHAPES) {
      CacheGenCodec codec = new CacheGenCodec(shape, CodecTables.defaults(), level);
      for (TestBlocks.Kind kind : TestBlocks.Kind.values()) {
        int tokens = 1 + random.nextInt(shape.blockTokens());
        MemorySegment block = TestBlocks.of(shape, kind, random);
        MemorySegment encoded = TestBlocks.encode(codec, block, tokens);
        MemorySegment back = TestBlocks.empty(shape);
        codec.decode(encoded, tokens, back);
        if (encoded.get(ValueLayout.JAVA_BYTE, 1) == CacheGenCodec.CODED) {
          checkAll(shape, tokens, block, back, encoded);
        } else {
          checkIsInt8(shape, tokens, block, back);
        }
      }
    }
  }

  private static void checkIsInt8(
      BlockGeometry shape, int tokens, MemorySegment block, MemorySegment back) {
    Int8Codec int8 = new Int8Codec(shape);
    MemorySegment expected = TestBlocks.empty(shape);
    int8.decode(TestBlocks.encode(int8, block, tokens), tokens, expected);
    assertThat(back.mismatch(expected)).isEqualTo(-1);
  }

  @ParameterizedTest
  @EnumSource
  void noBlockTakesMoreThanInt8AndKvOfAModelTakesLess(CacheGenLevel level) {
    Random random = new Random(SEED);
    CacheGenCodec codec = new CacheGenCodec(SHAPE, CodecTables.defaults(), level);
    int most = CacheGenCodec.INT8_HEADER_BYTES + new Int8Codec(SHAPE).maxEncodedBytes();
    assertThat(codec.maxEncodedBytes()).isEqualTo(most);
    for (TestBlocks.Kind kind : TestBlocks.Kind.values()) {
      MemorySegment encoded = TestBlocks.encode(codec, TestBlocks.of(SHAPE, kind, random), 16);
      boolean broken = kind == TestBlocks.Kind.EDGES;
      assertThat(encoded.get(ValueLayout.JAVA_BYTE, 1))
          .as("%s", kind)
          .isEqualTo((byte) (broken ? CacheGenCodec.INT8 : CacheGenCodec.CODED));
      assertThat(encoded.byteSize()).as("%s", kind).isBetween(1L, (long) most);
    }
  }

  private static void checkAll(
      BlockGeometry shape, int tokens, MemorySegment block, MemorySegment back, MemorySegment in) {
    long scales = CacheGenCodec.HEADER_BYTES;
    for (int layer = 0; layer < shape.layers(); layer++) {
      for (int kv = 0; kv < 2; kv++) {
        for (int head = 0; head < shape.kvHeads(); head++) {
          float scale = Int8Rows.scale(in.get(Int8Rows.SCALE, scales));
          float step = StepSize.ofBits(in.get(Int8Rows.SCALE, scales + Short.BYTES));
          scales += CacheGenCodec.SCALES_BYTES;
          for (int dim = 0; dim < shape.headDim(); dim++) {
            for (int slot = 0; slot < tokens; slot++) {
              float value = TestBlocks.value(block, shape, layer, kv, head, slot, dim);
              float decoded = TestBlocks.value(back, shape, layer, kv, head, slot, dim);
              if (Float.isFinite(value)) {
                assertThat(Math.abs((double) value - decoded))
                    .as("%s slot %d, %s as %s, seed %d", shape, slot, value, decoded, SEED)
                    .isLessThanOrEqualTo(CacheGenCodec.MAX_ERROR * (slot == 0 ? scale : step));
              } else if (slot == 0) {
                assertThat(decoded).isNaN();
              } else {
                assertThat(Float.floatToRawIntBits(decoded))
                    .isEqualTo(Float.floatToRawIntBits(value));
              }
            }
          }
        }
      }
    }
  }

  @Test
  void stepsAreTheLevelsBinOfTheDeltasAndGrowWithDepth() {
    Random random = new Random(SEED);
    MemorySegment block = TestBlocks.of(SHAPE, TestBlocks.Kind.LIKE_KV, random);
    for (CacheGenLevel level : CacheGenLevel.values()) {
      MemorySegment in =
          TestBlocks.encode(new CacheGenCodec(SHAPE, CodecTables.defaults(), level), block, 16);
      for (int layer = 0; layer < SHAPE.layers(); layer++) {
        double squares = 0;
        for (int dim = 0; dim < SHAPE.headDim(); dim++) {
          double anchor = TestBlocks.value(block, SHAPE, layer, 0, 0, 0, dim);
          for (int slot = 1; slot < 16; slot++) {
            double delta = TestBlocks.value(block, SHAPE, layer, 0, 0, slot, dim) - anchor;
            squares += delta * delta;
          }
        }
        double expected =
            level.bin(0, 6) * (1 + layer / 2) * Math.sqrt(squares / SHAPE.headDim() / 15);
        long at = CacheGenCodec.HEADER_BYTES + layer * 4L * CacheGenCodec.SCALES_BYTES;
        float step = StepSize.ofBits(in.get(Int8Rows.SCALE, at + Short.BYTES));
        assertThat(step / expected).isBetween(0.98, 1.02);
      }
    }
  }

  @Test
  void coarserLevelsAreSmaller() {
    Random random = new Random(SEED);
    MemorySegment block = TestBlocks.of(SHAPE, TestBlocks.Kind.LIKE_KV, random);
    long before = new Int8Codec(SHAPE).maxEncodedBytes();
    for (CacheGenLevel level : CacheGenLevel.values()) {
      CacheGenCodec codec = new CacheGenCodec(SHAPE, CodecTables.defaults(), level);
      long bytes = TestBlocks.encode(codec, block, 16).byteSize();
      assertThat(bytes).as(level.codecName()).isLessThan(before);
      before = bytes;
    }
  }

  @Test
  void anyLevelDecodesAnyOtherButNotOtherTables() {
    Random random = new Random(SEED);
    MemorySegment block = TestBlocks.of(SHAPE, TestBlocks.Kind.LIKE_KV, random);
    CodecProfiler profiler = new CodecProfiler(SHAPE, CacheGenLevel.MEDIUM);
    profiler.add(block, 16);
    CacheGenCodec fine = new CacheGenCodec(SHAPE, CodecTables.defaults(), CacheGenLevel.FINE);
    CacheGenCodec coarse = new CacheGenCodec(SHAPE, CodecTables.defaults(), CacheGenLevel.COARSE);
    CacheGenCodec other = new CacheGenCodec(SHAPE, profiler.tables(), CacheGenLevel.FINE);
    MemorySegment encoded = TestBlocks.encode(fine, block, 16);
    MemorySegment one = TestBlocks.empty(SHAPE);
    MemorySegment two = TestBlocks.empty(SHAPE);
    fine.decode(encoded, 16, one);
    coarse.decode(encoded, 16, two);
    assertThat(one.mismatch(two)).isEqualTo(-1);
    assertThatThrownBy(() -> other.decode(encoded, 16, one))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a block of codec cachegen: tables ");
  }

  @Test
  void damageIsRefusedOrDecodesToSomethingButNothingElse() {
    Random random = new Random(SEED);
    int refused = 0;
    int rounds = 1500;
    for (int round = 0; round < rounds; round++) {
      BlockGeometry shape = TestBlocks.SHAPES.get(random.nextInt(TestBlocks.SHAPES.size()));
      TestBlocks.Kind[] kinds = TestBlocks.Kind.values();
      MemorySegment block = TestBlocks.of(shape, kinds[random.nextInt(kinds.length)], random);
      int tokens = 1 + random.nextInt(shape.blockTokens());
      CacheGenCodec codec = new CacheGenCodec(shape, CodecTables.defaults(), CacheGenLevel.MEDIUM);
      byte[] damaged = damage(TestBlocks.encode(codec, block, tokens), random);
      try {
        codec.decode(MemorySegment.ofArray(damaged), tokens, TestBlocks.empty(shape));
      } catch (IllegalArgumentException e) {
        refused++;
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
    assertThat(refused).as("seed %d", SEED).isGreaterThan(rounds / 2);
  }

  @Test
  void escapesThatEndBehindTheBlockAreRefusedThoughTheSumIsRight() {
    MemorySegment block = TestBlocks.of(SHAPE, TestBlocks.Kind.LIKE_KV, new Random(SEED));
    CacheGenCodec codec = new CacheGenCodec(SHAPE, CodecTables.defaults(), CacheGenLevel.MEDIUM);
    MemorySegment in = TestBlocks.encode(codec, block, 16);
    int more = in.get(RangeEncoder.WORD, 12) / Float.BYTES + 100;
    in.set(RangeEncoder.WORD, 8, in.get(RangeEncoder.WORD, 8) + more);
    in.set(RangeEncoder.WORD, 12, in.get(RangeEncoder.WORD, 12) - more * Float.BYTES);
    assertThatThrownBy(() -> codec.decode(in, 16, block))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("do not add up");
  }

  private static byte[] damage(MemorySegment encoded, Random random) {
    byte[] bytes = encoded.toArray(ValueLayout.JAVA_BYTE);
    switch (random.nextInt(5)) {
      case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[random.nextInt(Math.min(bytes.length, 16))] = (byte) random.nextInt();
      case 2 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 64));
      case 3 -> {
        int from = random.nextInt(bytes.length);
        for (int i = from; i < Math.min(bytes.length, from + 64); i++) {
          bytes[i] = (byte) random.nextInt();
        }
      }
      default -> {
        byte[] header = Arrays.copyOf(bytes, Math.min(bytes.length, 16));
        random.nextBytes(bytes);
        System.arraycopy(header, 0, bytes, 0, header.length);
      }
    }
    return bytes;
  }
}

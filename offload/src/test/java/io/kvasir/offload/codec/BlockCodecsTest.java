package io.kvasir.offload.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.kvpool.layout.BlockGeometry;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What all codecs have in common, and how they are found. */
final class BlockCodecsTest {
  private static final long SEED = 20261123;

  @Test
  void namesGiveNewInstances() {
    BlockCodecs codecs = new BlockCodecs(TestBlocks.SHAPES.getFirst(), CodecTables.defaults());
    assertThat(codecs.names())
        .containsExactly(
            "raw", "int8", "cachegen-finest", "cachegen-fine", "cachegen", "cachegen-coarse");
    for (String name : codecs.names()) {
      BlockCodec codec = codecs.named(name).get();
      assertThat(codecs.named(name).get()).isNotSameAs(codec);
      assertThat(codec.name()).isEqualTo(name);
      assertThat(codec.exact()).isEqualTo(codec.id() == RawCodec.ID);
    }
  }

  @Test
  void unknownNamesAreToldTheKnownOnes() {
    BlockCodecs codecs = new BlockCodecs(TestBlocks.SHAPES.getFirst(), CodecTables.defaults());
    assertThatThrownBy(() -> codecs.named("zip"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "unknown codec 'zip'; known are raw, int8, cachegen-finest, cachegen-fine, cachegen,"
                + " cachegen-coarse");
  }

  @Test
  void lossyCodecsRefuseElementsThatAreNotFloats() {
    BlockCodecs codecs = new BlockCodecs(new BlockGeometry(1, 1, 8, 2, 16), CodecTables.defaults());
    assertThat(codecs.named("raw").get().maxEncodedBytes()).isEqualTo(512);
    for (String name : List.of("int8", "cachegen")) {
      assertThatThrownBy(() -> codecs.named(name).get())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("needs elements of 4 bytes (float32), these have 2");
    }
  }

  @Test
  void rawGivesEveryBitBack() {
    Random random = new Random(SEED);
    for (BlockGeometry shape : TestBlocks.SHAPES) {
      RawCodec codec = new RawCodec(shape);
      MemorySegment block = TestBlocks.of(shape, TestBlocks.Kind.ANY_BITS, random);
      MemorySegment back = TestBlocks.empty(shape);
      codec.decode(TestBlocks.encode(codec, block, 1), 1, back);
      assertThat(back.mismatch(block)).isEqualTo(-1);
    }
  }

  @Test
  void anyBlockFitsAndGivesTheSameBytesFromAnyInstance() {
    Random random = new Random(SEED);
    for (BlockGeometry shape : TestBlocks.SHAPES) {
      BlockCodecs codecs = new BlockCodecs(shape, CodecTables.defaults());
      for (String name : codecs.names()) {
        BlockCodec used = codecs.named(name).get();
        for (TestBlocks.Kind kind : TestBlocks.Kind.values()) {
          int tokens = 1 + random.nextInt(shape.blockTokens());
          MemorySegment block = TestBlocks.of(shape, kind, random);
          MemorySegment encoded = TestBlocks.encode(used, block, tokens);
          MemorySegment again = TestBlocks.encode(codecs.named(name).get(), block, tokens);
          assertThat(again.mismatch(encoded))
              .as("%s, %s, %s, %d tokens, seed %d", name, shape, kind, tokens, SEED)
              .isEqualTo(-1);
          used.decode(encoded, tokens, TestBlocks.empty(shape));
        }
      }
    }
  }

  @Test
  void slotsBehindTheTokensAreNotTouchedByLossyCodecs() {
    Random random = new Random(SEED);
    for (BlockGeometry shape : TestBlocks.SHAPES) {
      for (String name : List.of("int8", "cachegen")) {
        BlockCodec codec = new BlockCodecs(shape, CodecTables.defaults()).named(name).get();
        int tokens = 1 + random.nextInt(shape.blockTokens());
        MemorySegment block = TestBlocks.of(shape, TestBlocks.Kind.LIKE_KV, random);
        MemorySegment encoded = TestBlocks.encode(codec, block, tokens);
        MemorySegment back = TestBlocks.of(shape, TestBlocks.Kind.LIKE_KV, random);
        MemorySegment before = TestBlocks.empty(shape).copyFrom(back);
        codec.decode(encoded, tokens, back);
        for (int slot = tokens; slot < shape.blockTokens(); slot++) {
          for (int kv = 0; kv < 2; kv++) {
            assertThat(TestBlocks.value(back, shape, 0, kv, 0, slot, 0))
                .isEqualTo(TestBlocks.value(before, shape, 0, kv, 0, slot, 0));
          }
        }
      }
    }
  }

  @Test
  void wrongArgumentsAreRefused() {
    BlockGeometry shape = TestBlocks.SHAPES.getFirst();
    BlockCodecs codecs = new BlockCodecs(shape, CodecTables.defaults());
    MemorySegment block = TestBlocks.empty(shape);
    for (String name : codecs.names()) {
      BlockCodec codec = codecs.named(name).get();
      MemorySegment encoded = TestBlocks.encode(codec, block, 16);
      for (int tokens : new int[] {-1, 0, 17}) {
        assertThatThrownBy(() -> codec.decode(encoded, tokens, block))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("tokens is %d, must be 1 to 16", tokens);
      }
      assertThatThrownBy(() -> codec.encode(block.asSlice(4), 16, encoded))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("must have 49152");
      MemorySegment shorter = encoded.asSlice(0, encoded.byteSize() - 1);
      assertThatThrownBy(() -> codec.decode(shorter, 16, block))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not a block of codec " + name.replaceAll("-.*", ""));
    }
  }
}

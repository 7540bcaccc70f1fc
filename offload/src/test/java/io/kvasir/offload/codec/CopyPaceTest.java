package io.kvasir.offload.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.kvpool.layout.BlockGeometry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CopyPaceTest {
  private static final BlockGeometry GEOMETRY = new BlockGeometry(1, 1, 4, 4, 16);
  private static final MemorySegment BLOCK = Arena.global().allocate(GEOMETRY.blockBytes());
  private static final MemorySegment OUT = Arena.global().allocate(GEOMETRY.blockBytes());

  /** Every look at it costs 30 µs, so an encoded or decoded block does. */
  private final AtomicLong clock = new AtomicLong();

  private final List<Long> rests = new ArrayList<>();

  private CopyPace pace(int percent) {
    return new CopyPace(percent, () -> clock.getAndAdd(30_000), rests::add);
  }

  private static BlockCodec codec(CopyPace pace) {
    return pace.keptBy(() -> new RawCodec(GEOMETRY)).get();
  }

  @Test
  void restsInProportionBesideAStep() {
    CopyPace pace = pace(25);
    BlockCodec codec = codec(pace);
    pace.stepping(true);
    codec.encode(BLOCK, 16, OUT);
    assertThat(rests).as("30 µs are less than a turn").isEmpty();
    codec.decode(OUT, 16, BLOCK);
    assertThat(rests).as("60 µs of work are a quarter of the time").containsExactly(180_000L);
    codec.encode(BLOCK, 16, OUT);
    codec.encode(BLOCK, 16, OUT);
    assertThat(rests).containsExactly(180_000L, 180_000L);
  }

  @Test
  void doesNotRestWhileNoStepIsUnderWay() {
    CopyPace pace = pace(25);
    BlockCodec codec = codec(pace);
    for (int i = 0; i < 10; i++) {
      codec.encode(BLOCK, 16, OUT);
    }
    pace.stepping(true);
    codec.encode(BLOCK, 16, OUT);
    pace.stepping(false);
    codec.encode(BLOCK, 16, OUT);
    codec.encode(BLOCK, 16, OUT);
    assertThat(rests).isEmpty();
  }

  @Test
  void eachThreadHasTurnsOfItsOwn() {
    CopyPace pace = pace(50);
    BlockCodec one = codec(pace);
    BlockCodec other = codec(pace);
    pace.stepping(true);
    one.encode(BLOCK, 16, OUT);
    other.encode(BLOCK, 16, OUT);
    assertThat(rests).isEmpty();
    one.encode(BLOCK, 16, OUT);
    assertThat(rests).containsExactly(60_000L);
  }

  @Test
  void aWholeShareIsTheCodecItself() {
    assertThat(codec(pace(100))).isInstanceOf(RawCodec.class);
  }

  @Test
  void givesWhatTheCodecGives() {
    for (int i = 0; i < BLOCK.byteSize(); i++) {
      BLOCK.set(ValueLayout.JAVA_BYTE, i, (byte) i);
    }
    BlockCodec paced = codec(pace(10));
    RawCodec raw = new RawCodec(GEOMETRY);
    assertThat(paced.name()).isEqualTo(raw.name());
    assertThat(paced.id()).isEqualTo(raw.id());
    assertThat(paced.exact()).isEqualTo(raw.exact());
    assertThat(paced.maxEncodedBytes()).isEqualTo(raw.maxEncodedBytes());
    OUT.fill((byte) 0);
    assertThat(paced.encode(BLOCK, 16, OUT)).isEqualTo(raw.maxEncodedBytes());
    assertThat(OUT.mismatch(BLOCK)).isEqualTo(-1);
    MemorySegment back = Arena.global().allocate(GEOMETRY.blockBytes());
    paced.decode(OUT, 16, back);
    assertThat(back.mismatch(BLOCK)).isEqualTo(-1);
  }

  @Test
  void refusesAShareOutOfBounds() {
    assertThatThrownBy(() -> new CopyPace(0)).hasMessageContaining("1 to 100 percent, is 0");
    assertThatThrownBy(() -> new CopyPace(101)).hasMessageContaining("1 to 100 percent, is 101");
  }
}

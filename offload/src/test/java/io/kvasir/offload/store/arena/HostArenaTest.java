package io.kvasir.offload.store.arena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class HostArenaTest {
  @Test
  void isZeroedAlignedAndWritableToTheLastByte() {
    long bytes = 5 * (2L << 20) + 12345;
    try (HostArena arena = HostArena.allocate("test", bytes)) {
      MemorySegment segment = arena.segment();
      assertThat(segment.byteSize()).isEqualTo(bytes);
      assertThat(segment.address() % HostArena.ALIGNMENT).isZero();
      assertThat(segment.get(ValueLayout.JAVA_BYTE, bytes - 1)).isZero();
      segment.set(ValueLayout.JAVA_BYTE, bytes - 1, (byte) 7);
      assertThat(segment.get(ValueLayout.JAVA_BYTE, bytes - 1)).isEqualTo((byte) 7);
      assertThatThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, bytes))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void namesFieldSizeAndLimitWhenRefusing() {
    long limit = HostArena.physicalMemoryBytes();
    assertThatThrownBy(() -> HostArena.allocate("kv blocks", limit + 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("kv blocks")
        .hasMessageContaining(Long.toString(limit + 1))
        .hasMessageContaining(Long.toString(limit));
    assertThatThrownBy(() -> HostArena.allocate("kv blocks", 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void closedMemoryCannotBeRead() {
    HostArena arena = HostArena.allocate("test", 4096);
    MemorySegment segment = arena.segment();
    arena.close();
    arena.close();
    assertThatThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void reservesWithoutTouching() {
    // More than any test machine could zero quickly; only the first page is taken.
    long bytes = HostArena.physicalMemoryBytes() / 2;
    try (HostArena arena = HostArena.allocate("test", bytes)) {
      arena.segment().set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
      assertThat(arena.byteSize()).isEqualTo(bytes);
    }
  }
}

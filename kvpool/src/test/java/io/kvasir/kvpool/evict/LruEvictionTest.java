package io.kvasir.kvpool.evict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class LruEvictionTest {

  @Test
  void givesUpTheLeastRecentlyReleased() {
    EvictionPolicy lru = new LruEviction(4);
    lru.add(2);
    lru.add(1);
    lru.add(3);
    lru.remove(2);
    lru.add(2);
    assertThat(lru.size()).isEqualTo(3);
    assertThat(lru.contains(2)).isTrue();
    assertThat(lru.contains(0)).isFalse();
    assertThat(lru.pollVictim()).isEqualTo(1);
    assertThat(lru.pollVictim()).isEqualTo(3);
    assertThat(lru.pollVictim()).isEqualTo(2);
  }

  @Test
  void olderHalfAreSoonVictims() {
    EvictionPolicy lru = new LruEviction(8);
    for (int block : new int[] {5, 6, 7, 0, 1, 2}) {
      lru.add(block);
    }
    assertThat(List.of(5, 6, 7, 0)).allMatch(lru::isSoonVictim);
    assertThat(List.of(1, 2)).noneMatch(lru::isSoonVictim);
    lru.remove(5);
    lru.add(5);
    assertThat(lru.isSoonVictim(5)).isFalse();
  }

  @Test
  void nothingToGiveUpIsAnError() {
    assertThatThrownBy(() -> new LruEviction(4).pollVictim())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no block is evictable");
  }
}

package io.kvasir.kvpool.evict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
  void nothingToGiveUpIsAnError() {
    assertThatThrownBy(() -> new LruEviction(4).pollVictim())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no block is evictable");
  }
}

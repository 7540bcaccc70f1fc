package io.kvasir.kvpool;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class KvPoolConfigTest {

  @Test
  void everyLimitIsNamed() {
    assertThatThrownBy(() -> new KvPoolConfig(0, 16, 4, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("blockCount must be at least 1, is 0");
    assertThatThrownBy(() -> new KvPoolConfig(1, 0, 4, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("blockTokens must be at least 1, is 0");
    assertThatThrownBy(() -> new KvPoolConfig(1, 16, -1, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxBlocksPerRequest must be at least 1, is -1");
    assertThatThrownBy(() -> new KvPoolConfig(1, 16, 1 << 27, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "maxBlocksPerRequest * blockTokens must be at most 2147483647, is 134217728 * 16");
  }
}

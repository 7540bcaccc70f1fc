package io.kvasir.kvpool.prefix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class HashChainTest {
  private static final int[] TOKENS = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3};

  @Test
  void onlyFullBlocksAreHashed() {
    HashChain chain = new HashChain(5);
    chain.extend(TOKENS, 3, 4);
    assertThat(chain.blocks()).isZero();
    chain.extend(TOKENS, 4, 4);
    assertThat(chain.blocks()).isEqualTo(1);
    chain.extend(TOKENS, 10, 4);
    assertThat(chain.blocks()).isEqualTo(2);
  }

  @Test
  void piecemealEqualsAtOnce() {
    HashChain once = chain(7, 8, TOKENS, 10, 2);
    HashChain piecemeal = new HashChain(5);
    piecemeal.reset(7, 8);
    for (int count = 1; count <= 10; count++) {
      piecemeal.extend(TOKENS, count, 2);
    }
    assertThat(piecemeal.blocks()).isEqualTo(5);
    for (int i = 0; i < 5; i++) {
      assertThat(piecemeal.hi(i)).isEqualTo(once.hi(i));
      assertThat(piecemeal.lo(i)).isEqualTo(once.lo(i));
    }
  }

  @Test
  void everyHashIsTheKeyOfTheNext() {
    HashChain chain = chain(7, 8, TOKENS, 4, 2);
    BlockHasher hasher = new BlockHasher();
    hasher.hash(7, 8, TOKENS, 0, 2);
    assertThat(chain.hi(0)).isEqualTo(hasher.hi());
    assertThat(chain.lo(0)).isEqualTo(hasher.lo());
    hasher.hash(chain.hi(0), chain.lo(0), TOKENS, 2, 2);
    assertThat(chain.hi(1)).isEqualTo(hasher.hi());
    assertThat(chain.lo(1)).isEqualTo(hasher.lo());
  }

  @Test
  void hashNamesEveryTokenBeforeIt() {
    int[] changed = TOKENS.clone();
    changed[0] = 8;
    HashChain a = chain(7, 8, TOKENS, 10, 2);
    HashChain b = chain(7, 8, changed, 10, 2);
    for (int i = 0; i < 5; i++) {
      assertThat(a.hi(i)).isNotEqualTo(b.hi(i));
    }
  }

  @Test
  void equalBlocksAtDifferentPlacesDiffer() {
    HashChain chain = chain(0, 0, new int[] {1, 1, 1, 1}, 4, 2);
    assertThat(chain.lo(0)).isNotEqualTo(chain.lo(1));
  }

  @Test
  void anotherSaltChangesEveryHash() {
    HashChain a = chain(7, 8, TOKENS, 10, 2);
    HashChain b = chain(7, 9, TOKENS, 10, 2);
    for (int i = 0; i < 5; i++) {
      assertThat(a.hi(i)).isNotEqualTo(b.hi(i));
      assertThat(a.lo(i)).isNotEqualTo(b.lo(i));
    }
  }

  @Test
  void resetForgets() {
    HashChain chain = chain(7, 8, TOKENS, 10, 2);
    long before = chain.hi(0);
    chain.reset(7, 8);
    assertThat(chain.blocks()).isZero();
    chain.extend(TOKENS, 9, 3);
    assertThat(chain.blocks()).isEqualTo(3);
    assertThat(chain.hi(0)).isNotEqualTo(before);
  }

  @Test
  void misuseIsRefused() {
    HashChain chain = chain(0, 0, TOKENS, 4, 2);
    assertThatThrownBy(() -> chain.extend(TOKENS, 10, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("blockTokens is 1, was 2");
    assertThatThrownBy(() -> chain.extend(new int[12], 12, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("6 blocks exceed the chain's limit of 5");
    assertThatThrownBy(() -> chain.hi(2)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> chain.lo(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(chain.blocks()).isEqualTo(2);
  }

  private static HashChain chain(long hi, long lo, int[] tokens, int count, int blockTokens) {
    HashChain chain = new HashChain(5);
    chain.reset(hi, lo);
    chain.extend(tokens, count, blockTokens);
    return chain;
  }
}

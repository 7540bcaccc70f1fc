package io.kvasir.kvpool.prefix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class BlockHasherTest {
  private final BlockHasher hasher = new BlockHasher();

  @Test
  void tokensAreHashedAsLittleEndianInts() {
    // openssl mac -macopt hexkey:efcdab89674523011032547698badcfe -macopt size:16 SIPHASH
    // of the three 32-bit integers 5, -1 and 151643.
    int[] tokens = {77, 5, -1, 151643, 78};
    assertThat(hash(0xfedcba9876543210L, 0x0123456789abcdefL, tokens, 1, 3))
        .isEqualTo("2E7B71EACD3590A24C186C50D7788B74");
  }

  @Test
  void sixteenTokensMatchTheReferenceVector() {
    int[] tokens = new int[16];
    for (int i = 0; i < 16; i++) {
      tokens[i] = 0x03020100 + 0x04040404 * i;
    }
    assertThat(hash(0x0f0e0d0c0b0a0908L, 0x0706050403020100L, tokens, 0, 16))
        .isEqualTo("1EAF077DC0D4CD3F8CAD4D383658A74B");
  }

  @Test
  void everyTokenItsPlaceAndBothHalvesOfTheParentCount() {
    int[] tokens = {1, 2, 3, 4, 5};
    Set<String> hashes = new HashSet<>();
    hashes.add(hash(7, 8, tokens, 0, 5));
    for (int i = 0; i < tokens.length; i++) {
      int[] changed = tokens.clone();
      changed[i] ^= 1 << 31;
      hashes.add(hash(7, 8, changed, 0, 5));
    }
    hashes.add(hash(7, 8, new int[] {2, 1, 3, 4, 5}, 0, 5));
    hashes.add(hash(7, 8, new int[] {1, 2, 3, 4, 5, 0}, 0, 6));
    hashes.add(hash(7, 8, tokens, 0, 4));
    hashes.add(hash(8, 7, tokens, 0, 5));
    hashes.add(hash(7, 9, tokens, 0, 5));
    hashes.add(hash(9, 8, tokens, 0, 5));
    assertThat(hashes).hasSize(12);
  }

  private String hash(long parentHi, long parentLo, int[] tokens, int from, int count) {
    hasher.hash(parentHi, parentLo, tokens, from, count);
    return SipHash128Test.hex(hasher.hi(), hasher.lo());
  }
}

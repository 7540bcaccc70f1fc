package io.kvasir.kvpool.prefix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BlockHasherTest {
  private final BlockHasher hasher = new BlockHasher();

  /** The authors' vectors: key 00..0f, message 00 01 02 ...; OpenSSL computes the same. */
  @ParameterizedTest
  @CsvSource({
    "0, A3817F04BA25A8E66DF67214C7550293",
    "1, F88164C12D9C8FAF7D0F6E7C7BCD5579",
    "2, 3B62A9BA6258F5610F83E264F31497B4",
    "3, D626B266905EF35882634DF68532C125",
    "15, E3040C00EB28F15366CA73CBD872E740",
    "16, 1EAF077DC0D4CD3F8CAD4D383658A74B"
  })
  void referenceVectors(int count, String expected) {
    int[] tokens = new int[count];
    for (int i = 0; i < count; i++) {
      tokens[i] = 0x03020100 + 0x04040404 * i;
    }
    assertThat(hash(0x0f0e0d0c0b0a0908L, 0x0706050403020100L, tokens, 0, count))
        .isEqualTo(expected);
  }

  @Test
  void negativeTokensDoNotSpill() {
    // openssl mac -macopt hexkey:efcdab89674523011032547698badcfe -macopt size:16 SIPHASH
    // of the three 32-bit integers 5, -1 and 151643.
    int[] tokens = {77, 5, -1, 151643, 78};
    assertThat(hash(0xfedcba9876543210L, 0x0123456789abcdefL, tokens, 1, 3))
        .isEqualTo("2E7B71EACD3590A24C186C50D7788B74");
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

  /** The hash as the reference code prints it: low word first, lowest byte first. */
  private String hash(long parentHi, long parentLo, int[] tokens, int from, int count) {
    hasher.hash(parentHi, parentLo, tokens, from, count);
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(hasher.lo()).putLong(hasher.hi());
    return HexFormat.of().withUpperCase().formatHex(bytes.array());
  }
}

package io.kvasir.kvpool.prefix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The authors' vectors: key 00..0f, message 00 01 02 ..., as OpenSSL computes them too. */
final class SipHash128Test {

  @ParameterizedTest
  @CsvSource({
    "0, A3817F04BA25A8E66DF67214C7550293",
    "4, F88164C12D9C8FAF7D0F6E7C7BCD5579",
    "8, 3B62A9BA6258F5610F83E264F31497B4",
    "12, D626B266905EF35882634DF68532C125",
    "15, 5493E99933B0A8117E08EC0F97CFC3D9",
    "60, E3040C00EB28F15366CA73CBD872E740",
    "64, 1EAF077DC0D4CD3F8CAD4D383658A74B"
  })
  void referenceVectors(int length, String expected) {
    ByteBuffer message = ByteBuffer.allocate(length + Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < length; i++) {
      message.put(i, (byte) i);
    }
    SipHash128 sip = new SipHash128();
    sip.start(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
    int words = length / Long.BYTES;
    for (int i = 0; i < words; i++) {
      sip.word(message.getLong(Long.BYTES * i));
    }
    sip.finish(message.getLong(Long.BYTES * words), length % Long.BYTES);
    assertThat(hex(sip.hi(), sip.lo())).isEqualTo(expected);
  }

  /** The hash as the reference code prints it: low word first, lowest byte first. */
  static String hex(long hi, long lo) {
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(lo).putLong(hi);
    return HexFormat.of().withUpperCase().formatHex(bytes.array());
  }
}

package io.kvasir.worker.model.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * GPT-2's printable spelling of bytes: printable Latin-1 characters stand for themselves, the other
 * 68 byte values for U+0100 and up, in order.
 */
final class ByteLetters {

  private static final int LETTERS = 256 + 68;
  private static final char[] LETTER_OF_BYTE = new char[256];
  private static final short[] BYTE_OF_LETTER = new short[LETTERS];
  private static final short NO_BYTE = -1;

  static {
    Arrays.fill(BYTE_OF_LETTER, NO_BYTE);
    char next = 256;
    for (int value = 0; value < 256; value++) {
      char letter = isPrintable(value) ? (char) value : next++;
      LETTER_OF_BYTE[value] = letter;
      BYTE_OF_LETTER[letter] = (short) value;
    }
  }

  private ByteLetters() {}

  private static boolean isPrintable(int value) {
    return (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xFF && value != 0xAD);
  }

  /** The letter that stands for a byte, 0 to 255. */
  static char letter(int value) {
    return LETTER_OF_BYTE[value];
  }

  /** The bytes that a token's letters stand for; other characters are taken as they are. */
  static byte[] bytes(String letters) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(letters.length());
    letters
        .codePoints()
        .forEach(letter -> {
          if (letter < LETTERS && BYTE_OF_LETTER[letter] != NO_BYTE) {
            out.write(BYTE_OF_LETTER[letter]);
          } else {
            out.writeBytes(Character.toString(letter).getBytes(StandardCharsets.UTF_8));
          }
        });
    return out.toByteArray();
  }
}

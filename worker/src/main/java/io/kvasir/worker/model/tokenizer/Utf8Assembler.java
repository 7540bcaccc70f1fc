package io.kvasir.worker.model.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Decodes a stream of bytes piece by piece. An unfinished character at the end of a piece is held
 * back, so that the pieces together read exactly as the bytes decoded at once.
 */
final class Utf8Assembler {

  private byte[] held = new byte[0];

  /** Text that is complete with these bytes. */
  String append(byte[] bytes) {
    if (bytes.length == 0) {
      return "";
    }
    byte[] all = bytes;
    if (held.length > 0) {
      all = Arrays.copyOf(held, held.length + bytes.length);
      System.arraycopy(bytes, 0, all, held.length, bytes.length);
    }
    int end = all.length - unfinishedBytes(all);
    held = Arrays.copyOfRange(all, end, all.length);
    return new String(all, 0, end, StandardCharsets.UTF_8);
  }

  /** What is held back: U+FFFD, or nothing. */
  String finish() {
    String rest = new String(held, StandardCharsets.UTF_8);
    held = new byte[0];
    return rest;
  }

  /** Length of the beginning of a well-formed character that the array breaks off in; 0 to 3. */
  private static int unfinishedBytes(byte[] bytes) {
    int length = bytes.length;
    for (int back = 1; back <= Math.min(3, length); back++) {
      int lead = Byte.toUnsignedInt(bytes[length - back]);
      if (lead >= 0xC0) {
        return isProperPrefix(bytes, length - back, back) ? back : 0;
      }
      if (lead < 0x80) {
        return 0;
      }
    }
    return 0;
  }

  /** As Java's decoder sees it, to which an encoded surrogate is one broken character. */
  private static boolean isProperPrefix(byte[] bytes, int start, int length) {
    int lead = Byte.toUnsignedInt(bytes[start]);
    int needed = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || length >= needed) {
      return false;
    }
    if (length == 1) {
      return true;
    }
    int second = Byte.toUnsignedInt(bytes[start + 1]);
    return switch (lead) {
      case 0xE0 -> second >= 0xA0;
      case 0xF0 -> second >= 0x90;
      case 0xF4 -> second <= 0x8F;
      default -> true;
    };
  }
}

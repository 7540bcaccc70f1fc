package io.kvasir.scheduler.gateway;

import io.kvasir.worker.model.tokenizer.IncrementalDetokenizer;
import io.kvasir.worker.model.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Every byte is a token: ids 0, 1 and 2 are unknown, begin and end of text, byte b is 3 + b. Holds
 * back bytes until they form characters, as real tokenizers do.
 */
public final class ByteTokenizer implements Tokenizer {
  static final int BEGIN = 1;
  static final int END = 2;
  static final int FIRST_BYTE = 3;

  @Override
  public int vocabularySize() {
    return FIRST_BYTE + 256;
  }

  @Override
  public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int start = addSpecial ? 1 : 0;
    int[] ids = new int[start + bytes.length];
    if (addSpecial) {
      ids[0] = BEGIN;
    }
    for (int i = 0; i < bytes.length; i++) {
      ids[start + i] = FIRST_BYTE + (bytes[i] & 0xff);
    }
    return ids;
  }

  @Override
  public byte[] tokenBytes(int tokenId) {
    return tokenId < FIRST_BYTE ? new byte[0] : new byte[] {(byte) (tokenId - FIRST_BYTE)};
  }

  @Override
  public String tokenText(int tokenId) {
    return "<" + tokenId + ">";
  }

  @Override
  public boolean isEndOfText(int tokenId) {
    return tokenId == END;
  }

  @Override
  public IncrementalDetokenizer newDetokenizer() {
    return new IncrementalDetokenizer() {
      private final ByteArrayOutputStream held = new ByteArrayOutputStream();

      @Override
      public String append(int tokenId) {
        held.writeBytes(tokenBytes(tokenId));
        return isWhole(held.toByteArray()) ? finish() : "";
      }

      @Override
      public String finish() {
        String text = held.toString(StandardCharsets.UTF_8);
        held.reset();
        return text;
      }
    };
  }

  @Override
  public String decode(int[] tokenIds) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int id : tokenIds) {
      bytes.writeBytes(tokenBytes(id));
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Whether the last character is complete; malformed bytes count as complete. */
  private static boolean isWhole(byte[] bytes) {
    for (int back = 1; back <= Math.min(4, bytes.length); back++) {
      int b = bytes[bytes.length - back] & 0xff;
      if (b < 0x80) {
        return true;
      }
      if (b >= 0xc0) {
        int length = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
        return back >= length;
      }
    }
    return true;
  }
}

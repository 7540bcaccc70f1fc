package io.kvasir.worker.model.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What both kinds of tokenizer share: special tokens around and inside the text, and the way back
 * to text. Immutable; any thread.
 */
abstract class VocabularyTokenizer implements Tokenizer {

  /**
   * The rules around the text.
   *
   * @param addBos whether encoding with special tokens puts the begin-of-text token first
   * @param addEos whether it puts the end-of-text token last
   * @param spacePrefix whether encoding puts a space before the text
   */
  record Rules(boolean addBos, boolean addEos, boolean spacePrefix) {}

  private final Vocabulary vocabulary;
  private final Rules rules;
  private final SpecialTokenMatcher userDefined;
  private final SpecialTokenMatcher allSpecial;

  VocabularyTokenizer(Vocabulary vocabulary, Rules rules) {
    this.vocabulary = vocabulary;
    this.rules = rules;
    this.userDefined = SpecialTokenMatcher.of(vocabulary, false);
    this.allSpecial = SpecialTokenMatcher.of(vocabulary, true);
  }

  /** Encodes text without any special token in it; it is not empty. */
  abstract void encodePlain(String text, IdBuffer out);

  @Override
  public final int vocabularySize() {
    return vocabulary.size();
  }

  final Vocabulary vocabulary() {
    return vocabulary;
  }

  final Rules rules() {
    return rules;
  }

  @Override
  public final int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
    IdBuffer out = new IdBuffer();
    if (addSpecial && rules.addBos()) {
      out.add(vocabulary.bosId());
    }
    encodePieces(withoutLoneSurrogates(text), parseSpecial ? allSpecial : userDefined, out);
    if (addSpecial && rules.addEos()) {
      out.add(vocabulary.eosId());
    }
    return out.toArray();
  }

  private void encodePieces(String text, SpecialTokenMatcher special, IdBuffer out) {
    int from = 0;
    int at = special.isEmpty() ? text.length() : 0;
    while (at < text.length()) {
      int id = special.matchAt(text, at);
      if (id == Vocabulary.NONE) {
        at++;
        continue;
      }
      if (at > from) {
        encodePlain(text.substring(from, at), out);
      }
      out.add(id);
      at += vocabulary.text(id).length();
      from = at;
    }
    if (from < text.length()) {
      encodePlain(text.substring(from), out);
    }
  }

  private static String withoutLoneSurrogates(String text) {
    StringBuilder repaired = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
        continue;
      }
      if (repaired == null) {
        repaired = new StringBuilder(text);
      }
      repaired.setCharAt(i, '\uFFFD');
    }
    return repaired == null ? text : repaired.toString();
  }

  @Override
  public final String tokenText(int tokenId) {
    return vocabulary.text(tokenId);
  }

  @Override
  public final boolean isEndOfText(int tokenId) {
    return vocabulary.isEnd(tokenId);
  }

  @Override
  public final String decode(int[] tokenIds) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrefixSpace prefix = new PrefixSpace();
    for (int id : tokenIds) {
      bytes.writeBytes(prefix.strip(id, tokenBytes(id)));
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Override
  public final IncrementalDetokenizer newDetokenizer() {
    PrefixSpace prefix = new PrefixSpace();
    Utf8Assembler assembler = new Utf8Assembler();
    return new IncrementalDetokenizer() {
      @Override
      public String append(int tokenId) {
        return assembler.append(prefix.strip(tokenId, tokenBytes(tokenId)));
      }

      @Override
      public String finish() {
        return assembler.finish();
      }
    };
  }

  /**
   * Removes the space that encoding put before the text. Only tokens that begin with the
   * begin-of-text token are a whole text; others continue one, and their first space is part of it.
   */
  private final class PrefixSpace {

    private boolean first = true;
    private boolean pending;

    byte[] strip(int tokenId, byte[] bytes) {
      if (first) {
        first = false;
        pending = rules.spacePrefix() && tokenId == vocabulary.bosId();
      }
      if (!pending || bytes.length == 0) {
        return bytes;
      }
      pending = false;
      return bytes[0] == ' ' ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }
  }
}

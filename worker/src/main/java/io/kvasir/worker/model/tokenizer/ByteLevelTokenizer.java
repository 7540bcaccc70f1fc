package io.kvasir.worker.model.tokenizer;

import io.kvasir.worker.model.gguf.GgufMetadata;
import java.nio.charset.StandardCharsets;

/**
 * Byte-level BPE ({@code tokenizer.ggml.model} "gpt2"): text is split into words, a word's UTF-8
 * bytes are tokens of their own, and neighbours merge in the order of the merge table. Text is not
 * normalised.
 */
final class ByteLevelTokenizer extends VocabularyTokenizer {

  private final PreTokenizer pre;
  private final MergeTable merges;
  private final byte[][] bytesById;
  private final int[] byteIds = new int[256];

  ByteLevelTokenizer(GgufMetadata metadata, Vocabulary vocabulary, Rules rules, PreTokenizer pre) {
    super(vocabulary, rules);
    this.pre = pre;
    this.merges = new MergeTable(metadata, vocabulary);
    this.bytesById = new byte[vocabulary.size()][];
    for (int id = 0; id < bytesById.length; id++) {
      bytesById[id] =
          switch (vocabulary.type(id)) {
            case NORMAL, BYTE -> ByteLetters.bytes(vocabulary.text(id));
            case USER_DEFINED -> vocabulary.text(id).getBytes(StandardCharsets.UTF_8);
            case UNKNOWN, CONTROL, UNUSED -> new byte[0];
          };
    }
    for (int value = 0; value < byteIds.length; value++) {
      byteIds[value] = byteId(metadata, vocabulary, value);
    }
  }

  private static int byteId(GgufMetadata metadata, Vocabulary vocabulary, int value) {
    int id = vocabulary.id(String.valueOf(ByteLetters.letter(value)));
    if (id != Vocabulary.NONE) {
      return id;
    }
    if (vocabulary.unknownId() == Vocabulary.NONE && occursInUtf8(value)) {
      throw metadata.refuse(
          "tokenizer.ggml.tokens has neither a token for the byte "
              + value
              + " nor an unknown token");
    }
    return vocabulary.unknownId();
  }

  private static boolean occursInUtf8(int value) {
    return value != 0xC0 && value != 0xC1 && value <= 0xF4;
  }

  @Override
  public byte[] tokenBytes(int tokenId) {
    return bytesById[tokenId].clone();
  }

  @Override
  void encodePlain(String text, IdBuffer out) {
    pre.split(text, word -> encodeWord(word, out));
  }

  private void encodeWord(String word, IdBuffer out) {
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    if (pre.wholeWords()) {
      int id = wholeWordId(bytes);
      if (id != Vocabulary.NONE) {
        out.add(id);
        return;
      }
    }
    new Merger(bytes).run(out);
  }

  private int wholeWordId(byte[] bytes) {
    StringBuilder letters = new StringBuilder(bytes.length);
    for (byte value : bytes) {
      letters.append(ByteLetters.letter(Byte.toUnsignedInt(value)));
    }
    int id = vocabulary().id(letters.toString());
    return id != Vocabulary.NONE && vocabulary().type(id) == TokenType.NORMAL
        ? id
        : Vocabulary.NONE;
  }

  private final class Merger extends PairMerger {

    private final int[] ids;

    Merger(byte[] bytes) {
      super(bytes.length);
      ids = new int[bytes.length];
      for (int at = 0; at < bytes.length; at++) {
        ids[at] = byteIds[Byte.toUnsignedInt(bytes[at])];
        begin(at, 1);
      }
    }

    @Override
    void consider(int left, int right, int span, MergeQueue candidates) {
      merges.consider(ids[left], ids[right], left, span, candidates);
    }

    @Override
    void merged(int left, int right) {
      ids[left] = merges.result(ids[left], ids[right]);
    }

    @Override
    void write(int start, int length, IdBuffer out) {
      out.add(ids[start]);
    }
  }
}

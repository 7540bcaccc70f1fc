package io.kvasir.worker.model.tokenizer;

import io.kvasir.worker.model.gguf.GgufMetadata;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * SentencePiece-style BPE ({@code tokenizer.ggml.model} "llama"): characters are merged as long as
 * two neighbours form a token, the highest score first; a character without a token becomes its
 * UTF-8 bytes' tokens. A space is spelled U+2581.
 */
final class SentencePieceTokenizer extends VocabularyTokenizer {

  private static final char SPACE = '\u2581';

  private final Map<String, Integer> pieces;
  private final int[] priorities;
  private final int pieceCharsMax;
  private final byte[][] bytesById;
  private final int[] byteIds = new int[256];

  SentencePieceTokenizer(GgufMetadata metadata, Vocabulary vocabulary, Rules rules) {
    super(vocabulary, rules);
    int size = vocabulary.size();
    float[] scores =
        metadata
            .reals("tokenizer.ggml.scores")
            .orElseThrow(() -> metadata.refuse("metadata key tokenizer.ggml.scores is missing"));
    if (scores.length != size) {
      throw metadata.refuse(
          "tokenizer.ggml.scores has "
              + scores.length
              + " elements, expected one per token: "
              + size);
    }
    pieces = HashMap.newHashMap(size);
    priorities = new int[size];
    bytesById = new byte[size][];
    Arrays.fill(byteIds, vocabulary.unknownId());
    int charsMax = 1;
    for (int id = 0; id < size; id++) {
      priorities[id] = MergeQueue.priorityOfScore(scores[id]);
      bytesById[id] = bytesOf(metadata, vocabulary, id);
      switch (vocabulary.type(id)) {
        case NORMAL, USER_DEFINED -> {
          pieces.putIfAbsent(vocabulary.text(id), id);
          charsMax = Math.max(charsMax, vocabulary.text(id).length());
        }
        case BYTE -> byteIds[Byte.toUnsignedInt(bytesById[id][0])] = id;
        case UNKNOWN, CONTROL, UNUSED -> {}
      }
    }
    pieceCharsMax = charsMax;
    for (int value = 0; value < byteIds.length; value++) {
      if (byteIds[value] == Vocabulary.NONE) {
        throw metadata.refuse(
            "tokenizer.ggml.tokens has neither a token for the byte "
                + value
                + " nor an unknown token");
      }
    }
  }

  private static byte[] bytesOf(GgufMetadata metadata, Vocabulary vocabulary, int id) {
    String text = vocabulary.text(id);
    return switch (vocabulary.type(id)) {
      case NORMAL -> text.replace(SPACE, ' ').getBytes(StandardCharsets.UTF_8);
      case USER_DEFINED -> text.getBytes(StandardCharsets.UTF_8);
      case BYTE -> new byte[] {parseByte(metadata, id, text)};
      case UNKNOWN, CONTROL, UNUSED -> new byte[0];
    };
  }

  private static byte parseByte(GgufMetadata metadata, int id, String text) {
    if (!text.matches("<0x[0-9A-Fa-f]{2}>")) {
      throw metadata.refuse("byte token " + id + " must be spelled <0xNN>");
    }
    return (byte) Integer.parseInt(text.substring(3, 5), 16);
  }

  @Override
  public byte[] tokenBytes(int tokenId) {
    return bytesById[tokenId].clone();
  }

  @Override
  void encodePlain(String text, IdBuffer out) {
    String spaced = rules().spacePrefix() ? " " + text : text;
    new Merger(spaced.replace(' ', SPACE)).run(out);
  }

  private final class Merger extends PairMerger {

    private final String text;

    Merger(String text) {
      super(text.length());
      this.text = text;
      int at = 0;
      while (at < text.length()) {
        int length = Character.charCount(text.codePointAt(at));
        begin(at, length);
        at += length;
      }
    }

    @Override
    void consider(int left, int right, int span, MergeQueue candidates) {
      if (span > pieceCharsMax) {
        return;
      }
      Integer id = pieces.get(text.substring(left, left + span));
      if (id != null) {
        candidates.add(priorities[id], left, span);
      }
    }

    @Override
    void merged(int left, int right) {}

    @Override
    void write(int start, int length, IdBuffer out) {
      String symbol = text.substring(start, start + length);
      Integer id = pieces.get(symbol);
      if (id != null) {
        out.add(id);
        return;
      }
      for (byte value : symbol.getBytes(StandardCharsets.UTF_8)) {
        out.add(byteIds[Byte.toUnsignedInt(value)]);
      }
    }
  }
}

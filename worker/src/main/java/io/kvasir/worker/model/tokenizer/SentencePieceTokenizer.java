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
  private static final int DEAD = 0;

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
  String kind() {
    return "SentencePiece";
  }

  @Override
  public byte[] tokenBytes(int tokenId) {
    return bytesById[tokenId].clone();
  }

  @Override
  void encodePlain(String text, IdBuffer out) {
    String spaced = rules().spacePrefix() ? " " + text : text;
    Merger merger = new Merger(spaced.replace(' ', SPACE));
    merger.merge();
    merger.writeTo(out);
  }

  /**
   * One text being merged. Symbols are runs of characters in a doubly linked list; symbol i is
   * named by the index of its first character. A candidate that another merge overtook is
   * recognised by its span and skipped, so the work is O(n log n) in the length of the text.
   */
  private final class Merger {

    private final String text;
    private final MergeQueue queue = new MergeQueue();

    /** Characters of the symbol that begins here; {@link #DEAD} where none begins. */
    private final int[] lengths;

    /** First character of the symbol before the one that begins here. */
    private final int[] previous;

    Merger(String text) {
      this.text = text;
      lengths = new int[text.length()];
      previous = new int[text.length()];
      int before = -1;
      for (int at = 0; at < text.length(); at += lengths[at]) {
        lengths[at] = Character.charCount(text.codePointAt(at));
        previous[at] = before;
        before = at;
      }
    }

    void merge() {
      for (int at = 0; at < text.length(); at += lengths[at]) {
        offer(at);
      }
      while (!queue.isEmpty()) {
        int left = queue.left();
        int span = queue.span();
        queue.remove();
        int right = left + lengths[left];
        if (lengths[left] == DEAD
            || right == text.length()
            || lengths[left] + lengths[right] != span) {
          continue;
        }
        lengths[left] = span;
        lengths[right] = DEAD;
        int next = left + span;
        if (next < text.length()) {
          previous[next] = left;
          offer(left);
        }
        if (previous[left] >= 0) {
          offer(previous[left]);
        }
      }
    }

    private void offer(int left) {
      int right = left + lengths[left];
      if (right == text.length()) {
        return;
      }
      int span = lengths[left] + lengths[right];
      if (span > pieceCharsMax) {
        return;
      }
      Integer id = pieces.get(text.substring(left, left + span));
      if (id != null) {
        queue.add(priorities[id], left, span);
      }
    }

    void writeTo(IdBuffer out) {
      for (int at = 0; at < text.length(); at += lengths[at]) {
        String symbol = text.substring(at, at + lengths[at]);
        Integer id = pieces.get(symbol);
        if (id != null) {
          out.add(id);
          continue;
        }
        for (byte value : symbol.getBytes(StandardCharsets.UTF_8)) {
          out.add(byteIds[Byte.toUnsignedInt(value)]);
        }
      }
    }
  }
}

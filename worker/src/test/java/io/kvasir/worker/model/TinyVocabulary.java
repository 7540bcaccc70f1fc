package io.kvasir.worker.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Small vocabularies that can spell any text. */
final class TinyVocabulary {

  private static final String[] WORDS = {
    "the", "and", "once", "upon", "time", "there", "was", "little", "girl", "king", "said", "house"
  };

  private TinyVocabulary() {}

  /** {@code <unk> <s> </s>}, 256 bytes, letters, and beginnings of words with and without space. */
  static void sentencePiece(GgufBuilder out, int size) {
    List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    for (int value = 0; value < 256; value++) {
      tokens.add("<0x%02X>".formatted(value));
    }
    int plain = tokens.size();
    addPieces(tokens, "\u2581", size);
    float[] scores = new float[size];
    int[] types = new int[size];
    for (int id = 0; id < size; id++) {
      scores[id] = id < plain ? 0 : plain - id;
      types[id] = id >= plain ? 1 : id >= 3 ? 6 : id == 0 ? 2 : 3;
    }
    out.text("tokenizer.ggml.model", "llama");
    out.texts("tokenizer.ggml.tokens", tokens);
    out.f32s("tokenizer.ggml.scores", scores);
    out.i32s("tokenizer.ggml.token_type", types);
    out.u32("tokenizer.ggml.unknown_token_id", 0);
    out.u32("tokenizer.ggml.bos_token_id", 1);
    out.u32("tokenizer.ggml.eos_token_id", 2);
  }

  /**
   * 256 byte letters, beginnings of words with and without space, and a token that ends the text.
   */
  static void byteLevel(GgufBuilder out, int size) {
    List<String> tokens = new ArrayList<>();
    tokens.add("<|endoftext|>");
    for (int value = 0; value < 256; value++) {
      tokens.add(String.valueOf(letterOfByte(value)));
    }
    int plain = tokens.size();
    addPieces(tokens, "\u0120", size);
    List<String> merges = new ArrayList<>();
    for (int id = plain; id < size; id++) {
      String token = tokens.get(id);
      int last = token.length() - 1;
      if (tokens.contains(token.substring(0, last))) {
        merges.add(token.substring(0, last) + " " + token.charAt(last));
      }
    }
    int[] types = new int[size];
    for (int id = 0; id < size; id++) {
      types[id] = id == 0 ? 3 : 1;
    }
    out.text("tokenizer.ggml.model", "gpt2");
    out.text("tokenizer.ggml.pre", "gpt-2");
    out.texts("tokenizer.ggml.tokens", tokens);
    out.i32s("tokenizer.ggml.token_type", types);
    out.texts("tokenizer.ggml.merges", merges);
    out.u32("tokenizer.ggml.eos_token_id", 0);
  }

  /** GPT-2's printable letter for a byte. */
  static char letterOfByte(int value) {
    boolean printable =
        (value >= '!' && value <= '~') || (value >= 0xA1 && value != 0xAD && value <= 0xFF);
    if (printable) {
      return (char) value;
    }
    int letter = 256;
    for (int other = 0; other < value; other++) {
      boolean skip = (other >= '!' && other <= '~') || (other >= 0xA1 && other != 0xAD);
      letter += skip ? 0 : 1;
    }
    return (char) letter;
  }

  /** Fills up to {@code size} with growing beginnings of words, then with numbered ones. */
  private static void addPieces(List<String> tokens, String space, int size) {
    Set<String> known = new HashSet<>(tokens);
    List<String> wanted = new ArrayList<>();
    wanted.add(space);
    for (char letter = 'a'; letter <= 'z'; letter++) {
      wanted.add(String.valueOf(letter));
    }
    for (String word : WORDS) {
      for (String spelled : List.of(space + word, word)) {
        for (int length = 2; length <= spelled.length(); length++) {
          wanted.add(spelled.substring(0, length));
        }
      }
    }
    for (String piece : wanted) {
      if (tokens.size() < size && known.add(piece)) {
        tokens.add(piece);
      }
    }
    for (int i = 0; tokens.size() < size; i++) {
      tokens.add("zq" + i);
    }
  }
}

package io.kvasir.worker.model.tokenizer;

import io.kvasir.worker.model.gguf.GgufMetadata;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The token table of a model file and its special ids. Immutable; any thread. */
final class Vocabulary {

  /** No such token. */
  static final int NONE = -1;

  private static final String PREFIX = "tokenizer.ggml.";
  private static final Set<String> END_TEXTS =
      Set.of(
          "<|eot_id|>",
          "<|eom_id|>",
          "<|im_end|>",
          "<|end|>",
          "<|endoftext|>",
          "<|end_of_text|>",
          "<end_of_turn>",
          "<EOT>");

  private final String[] texts;
  private final TokenType[] types;
  private final Map<String, Integer> ids;
  private final int bosId;
  private final int eosId;
  private final int unknownId;
  private final BitSet endIds = new BitSet();

  Vocabulary(GgufMetadata metadata) {
    texts =
        metadata
            .texts(PREFIX + "tokens")
            .orElseThrow(() -> metadata.refuse("metadata key tokenizer.ggml.tokens is missing"));
    if (texts.length == 0) {
      throw metadata.refuse("tokenizer.ggml.tokens is empty");
    }
    types = readTypes(metadata);
    ids = HashMap.newHashMap(texts.length);
    for (int id = 0; id < texts.length; id++) {
      ids.putIfAbsent(texts[id], id);
    }
    bosId = specialId(metadata, "bos_token_id");
    eosId = specialId(metadata, "eos_token_id");
    unknownId = specialId(metadata, "unknown_token_id");
    for (String key : new String[] {"eos_token_id", "eot_token_id", "eom_token_id"}) {
      int id = specialId(metadata, key);
      if (id != NONE) {
        endIds.set(id);
      }
    }
    for (String text : END_TEXTS) {
      int id = id(text);
      if (id != NONE && types[id] == TokenType.CONTROL) {
        endIds.set(id);
      }
    }
  }

  private TokenType[] readTypes(GgufMetadata metadata) {
    TokenType[] result = new TokenType[texts.length];
    Arrays.fill(result, TokenType.NORMAL);
    metadata
        .wholes(PREFIX + "token_type")
        .ifPresent(numbers -> {
          if (numbers.length != texts.length) {
            throw metadata.refuse(
                "tokenizer.ggml.token_type has "
                    + numbers.length
                    + " elements, expected one per token: "
                    + texts.length);
          }
          for (int id = 0; id < numbers.length; id++) {
            if (!TokenType.isKnown(numbers[id])) {
              throw metadata.refuse(
                  "type of token " + id + " is " + numbers[id] + ", must be 1 to 6");
            }
            result[id] = TokenType.of(numbers[id]);
          }
        });
    return result;
  }

  /** Converters write 2^32 - 1 for "none". */
  private int specialId(GgufMetadata metadata, String key) {
    String full = PREFIX + key;
    long id = metadata.whole(full).orElse(NONE);
    if (id == NONE || id == 0xFFFF_FFFFL) {
      return NONE;
    }
    if (id < 0 || id >= texts.length) {
      throw metadata.refuse(full + " is " + id + ", must be below " + texts.length);
    }
    return (int) id;
  }

  int size() {
    return texts.length;
  }

  String text(int id) {
    return texts[id];
  }

  TokenType type(int id) {
    return types[id];
  }

  /** The lowest id with this spelling, or {@link #NONE}. */
  int id(String text) {
    return ids.getOrDefault(text, NONE);
  }

  int bosId() {
    return bosId;
  }

  int eosId() {
    return eosId;
  }

  int unknownId() {
    return unknownId;
  }

  boolean isEnd(int id) {
    return endIds.get(id);
  }

  boolean isSpecial(int id) {
    return switch (types[id]) {
      case CONTROL, UNKNOWN -> true;
      case NORMAL, USER_DEFINED, UNUSED, BYTE -> false;
    };
  }
}

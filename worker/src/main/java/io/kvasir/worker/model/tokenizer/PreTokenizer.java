package io.kvasir.worker.model.tokenizer;

import io.kvasir.worker.model.gguf.GgufMetadata;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits text into the words that byte-level BPE merges within. Each stage cuts every piece of the
 * stage before into its matches and what lies between them.
 *
 * <p>No expression has nested repetition, so matching is linear in the length of the text.
 */
final class PreTokenizer {

  private static final String KEY = "tokenizer.ggml.pre";

  private static final String GPT_2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
  private static final String CONTRACTION = "(?iu:'s|'t|'re|'ve|'m|'ll|'d)";
  private static final String TAIL =
      "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String WORD = "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+";

  /** The expressions, as the models' authors published them. */
  private static final List<PreTokenizer> KNOWN =
      List.of(
          new PreTokenizer(Set.of("gpt-2"), false, GPT_2),
          new PreTokenizer(
              Set.of("llama-bpe", "llama3", "llama-v3"),
              true,
              CONTRACTION + WORD + "|\\p{N}{1,3}" + TAIL),
          new PreTokenizer(
              Set.of("qwen2", "deepseek-r1-qwen"), false, CONTRACTION + WORD + "|\\p{N}" + TAIL),
          new PreTokenizer(Set.of("smollm"), false, "\\p{N}", GPT_2),
          new PreTokenizer(
              Set.of("default"), false, "[\\p{P}$+<=>^~|]+", GPT_2, "\\p{N}+", "[0-9][0-9][0-9]"));

  private final Set<String> names;
  private final boolean llama3;
  private final List<Pattern> stages;

  private PreTokenizer(Set<String> names, boolean llama3, String... stages) {
    this.names = names;
    this.llama3 = llama3;
    this.stages =
        Arrays.stream(stages)
            .map(stage -> Pattern.compile(stage, Pattern.UNICODE_CHARACTER_CLASS))
            .toList();
  }

  /** The one that a model file names; "default" if it names none. */
  static PreTokenizer of(GgufMetadata metadata) {
    String name = metadata.text(KEY).orElse("default");
    Set<String> known = new TreeSet<>();
    for (PreTokenizer candidate : KNOWN) {
      if (candidate.names.contains(name)) {
        return candidate;
      }
      known.addAll(candidate.names);
    }
    throw metadata.refuse(
        KEY + " " + name + " is not supported; supported are " + String.join(", ", known));
  }

  /** Whether a word that is a token is taken as it is, without looking at merges. */
  boolean wholeWords() {
    return llama3;
  }

  /** Whether the begin-of-text token is added where the file does not say. */
  boolean bosDefault() {
    return llama3;
  }

  /** Hands out the words of a text in order. */
  void split(String text, Consumer<String> words) {
    List<Matcher> matchers = new ArrayList<>();
    for (Pattern stage : stages) {
      matchers.add(stage.matcher(text));
    }
    split(text, 0, text.length(), 0, matchers, words);
  }

  private static void split(
      String text, int from, int to, int stage, List<Matcher> matchers, Consumer<String> words) {
    if (from == to) {
      return;
    }
    if (stage == matchers.size()) {
      words.accept(text.substring(from, to));
      return;
    }
    Matcher matcher = matchers.get(stage).region(from, to);
    int done = from;
    while (matcher.find()) {
      int start = matcher.start();
      int end = matcher.end();
      split(text, done, start, stage + 1, matchers, words);
      split(text, start, end, stage + 1, matchers, words);
      done = end;
    }
    split(text, done, to, stage + 1, matchers, words);
  }
}

package io.kvasir.worker.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvasir.worker.model.gguf.GgufFile;
import io.kvasir.worker.model.gguf.GgufMetadata;
import io.kvasir.worker.model.gguf.GgufValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Byte-level BPE against the tokenizers library of Hugging Face, on the bundled model's vocabulary
 * with the word splitting of several model families. Skipped where its native library cannot be
 * loaded.
 */
final class HuggingFaceOracleTest {

  private static final Path MODEL =
      Path.of(
          Objects.requireNonNull(System.getProperty("kvasir.home"), "kvasir.home"),
          "worker/models/kvasir-prose-q8_0.gguf");

  private static final List<String> TRICKY =
      List.of(
          "Hello world",
          " leading",
          "trailing ",
          "  two  spaces  ",
          "\n",
          "a\n\nb",
          "\t\ttabs",
          "a \n b",
          "x   \n\n  y",
          "\r\n\r\n",
          "it's we'll I'M YOU'RE 's 't",
          "'S'Ll",
          "\u017f'\u017f",
          "12345 1234567 3.14",
          "\u00bd\u00b2\u2167",
          "abc123def",
          "!!!???...",
          " !?",
          "a,b;c",
          "na\u00efve caf\u00e9 e\u0301",
          "\u4f60\u597d\u4e16\u754c",
          "\ud83d\ude00\ud83d\udc69\u200d\ud83d\udcbb",
          "\u0627\u0644\u0633\u0644\u0627\u0645",
          "\u00a0\u00a0nbsp",
          "\u2028line\u2029sep",
          "\u3000wide",
          "\u0000\u0001\u007f",
          "\ufeffbom",
          "foo_bar-baz",
          "http://a.b/c?d=e&f",
          "{\"a\": [1, 2]}\n",
          "    indented\n        more",
          "#include <stdio.h>\r\n",
          "\u0130stanbul",
          "x\u0300\u0301\u0302y",
          " \n",
          "\n ",
          " \t \n \r ",
          "....\n\n\n",
          "a\u0085b");

  @TempDir private static Path cache;
  private static GgufMetadata bundled;

  @BeforeAll
  static void readVocabulary() {
    try (Arena arena = Arena.ofConfined()) {
      bundled = GgufFile.open(MODEL, arena).metadata();
    }
    System.setProperty("DJL_CACHE_DIR", cache.toString());
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.offline", "true");
    try {
      open("gpt-2", "", false).close();
    } catch (IOException | RuntimeException | LinkageError e) {
      Assumptions.abort("the native tokenizers library cannot be loaded: " + e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      delimiter = '@',
      value = {
        "gpt-2 @ \"\" @ false",
        "llama-bpe @ (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+ @ true",
        "qwen2 @ (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+ @ false",
        "smollm @ digits @ false",
      })
  void sameIds(String pre, String regex, boolean ignoreMerges) throws IOException {
    Tokenizer tokenizer = ours(pre);
    try (HuggingFaceTokenizer oracle = open(pre, regex, ignoreMerges)) {
      for (String text : TRICKY) {
        assertThat(tokenizer.encode(text, false, false))
            .as(text)
            .containsExactly(ids(oracle, text));
      }
      for (int seed = 0; seed < 1500; seed++) {
        String text = randomText(new Random(seed));
        assertThat(tokenizer.encode(text, false, false))
            .as("seed %d: %s", seed, text)
            .containsExactly(ids(oracle, text));
      }
    }
  }

  private static int[] ids(HuggingFaceTokenizer oracle, String text) {
    return LongStream.of(oracle.encode(text, false, false).getIds())
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  private static String randomText(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      String part = TRICKY.get(random.nextInt(TRICKY.size()));
      int from = random.nextInt(part.length());
      text.append(part, from, from + random.nextInt(part.length() - from + 1));
    }
    return text.toString()
        .codePoints()
        .filter(c -> c < 0xD800 || c > 0xDFFF)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static Tokenizer ours(String pre) {
    Map<String, GgufValue> values = new HashMap<>();
    values.put("tokenizer.ggml.model", new GgufValue.Text("gpt2"));
    values.put("tokenizer.ggml.pre", new GgufValue.Text(pre));
    values.put("tokenizer.ggml.tokens", new GgufValue.Texts(tokens()));
    values.put("tokenizer.ggml.merges", new GgufValue.Texts(merges()));
    return TokenizerReader.read(new GgufMetadata(MODEL, values));
  }

  private static String[] tokens() {
    return bundled.texts("tokenizer.ggml.tokens").orElseThrow();
  }

  private static String[] merges() {
    return bundled.texts("tokenizer.ggml.merges").orElseThrow();
  }

  private static HuggingFaceTokenizer open(String pre, String regex, boolean ignoreMerges)
      throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = mapper.createObjectNode();
    json.put("version", "1.0");
    json.putArray("added_tokens");
    ObjectNode splitting = json.putObject("pre_tokenizer").put("type", "Sequence");
    ArrayNode stages = splitting.putArray("pretokenizers");
    if (pre.equals("smollm")) {
      stages.addObject().put("type", "Digits").put("individual_digits", true);
    } else if (!regex.isEmpty()) {
      ObjectNode split = stages.addObject().put("type", "Split").put("behavior", "Isolated");
      split.put("invert", false).putObject("pattern").put("Regex", regex);
    }
    boolean ownRegex = !regex.isEmpty() && !pre.equals("smollm");
    stages
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", !ownRegex);
    json.putObject("decoder")
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
    ObjectNode model = json.putObject("model").put("type", "BPE");
    model.putNull("dropout").putNull("unk_token").putNull("continuing_subword_prefix");
    model.putNull("end_of_word_suffix").put("fuse_unk", false).put("byte_fallback", false);
    model.put("ignore_merges", ignoreMerges);
    ObjectNode vocabulary = model.putObject("vocab");
    String[] tokens = tokens();
    for (int id = 0; id < tokens.length; id++) {
      vocabulary.put(tokens[id], id);
    }
    ArrayNode merges = model.putArray("merges");
    new ArrayList<>(List.of(merges())).forEach(merges::add);
    return HuggingFaceTokenizer.newInstance(
        new ByteArrayInputStream(mapper.writeValueAsBytes(json)), Map.of());
  }
}

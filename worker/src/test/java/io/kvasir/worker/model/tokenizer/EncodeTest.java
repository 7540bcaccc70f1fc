package io.kvasir.worker.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.worker.model.GgufBuilder;
import io.kvasir.worker.model.TinyModel;
import io.kvasir.worker.model.gguf.ModelFormatException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text to ids, for both kinds of tokenizer. */
final class EncodeTest {

  @TempDir private Path folder;

  @Test
  void anyTextComesBack() {
    for (Tokenizer tokenizer : both()) {
      for (int seed = 0; seed < 2000; seed++) {
        String text = randomText(new Random(seed));
        int[] ids = tokenizer.encode(text, true, false);
        String expected = text.isEmpty() ? "" : text;
        assertThat(tokenizer.decode(ids)).as("seed %d", seed).isEqualTo(expected);
      }
    }
  }

  @Test
  void specialTokensAreParsedOnlyWhenAskedFor() {
    Tokenizer pieces = TokenizerFixtures.sentencePiece(folder);
    assertThat(pieces.encode("</s>", false, true)).containsExactly(2);
    assertThat(pieces.encode("</s>", false, false)).doesNotContain(2);
    assertThat(pieces.encode("the</s>king", false, true)).contains(2);
    Tokenizer bytes = TokenizerFixtures.byteLevel(folder);
    assertThat(bytes.encode("<|endoftext|>", false, true)).containsExactly(0);
    assertThat(bytes.encode("<|endoftext|>", false, false)).doesNotContain(0);
    assertThat(bytes.encode("<|endoftext|<|endoftext|>", false, true))
        .endsWith(0)
        .hasSizeGreaterThan(2);
  }

  @Test
  void emptyTextHasOnlyTheTokensAround() {
    assertThat(TokenizerFixtures.sentencePiece(folder).encode("", true, false)).containsExactly(1);
    assertThat(TokenizerFixtures.byteLevel(folder).encode("", true, false)).isEmpty();
  }

  @Test
  void loneSurrogatesBecomeReplacementCharacters() {
    for (Tokenizer tokenizer : both()) {
      int[] ids = tokenizer.encode("a\ud83dz\ude00\ud83d\ude00\ud83d", true, false);
      assertThat(tokenizer.decode(ids)).isEqualTo("a\ufffdz\ufffd\ud83d\ude00\ufffd");
    }
  }

  @Test
  void flagsOfTheFileAreFollowed() {
    GgufBuilder file = TinyModel.llama(1).gguf();
    file.flag("tokenizer.ggml.add_bos_token", false).flag("tokenizer.ggml.add_eos_token", true);
    file.flag("tokenizer.ggml.add_space_prefix", false);
    Tokenizer tokenizer = TokenizerFixtures.read(file.write(folder.resolve("flags.gguf")));
    int[] ids = tokenizer.encode("the", true, false);
    assertThat(ids).endsWith(2).doesNotContain(1);
    assertThat(tokenizer.decode(ids)).isEqualTo("the");
    assertThat(tokenizer.isEndOfText(2)).isTrue();
    assertThat(tokenizer.isEndOfText(1)).isFalse();
  }

  @Test
  void unknownKindsAreRefusedByName() {
    GgufBuilder bert = TinyModel.llama(1).gguf().without("tokenizer.ggml.model");
    assertRefused(
        bert.text("tokenizer.ggml.model", "bert"),
        "tokenizer bert is not supported; supported are llama and gpt2");
    GgufBuilder tekken = TinyModel.qwen2(1).gguf().without("tokenizer.ggml.pre");
    assertRefused(
        tekken.text("tokenizer.ggml.pre", "tekken"),
        "tokenizer.ggml.pre tekken is not supported; supported are deepseek-r1-qwen, default,"
            + " gpt-2, llama-bpe, llama-v3, llama3, qwen2, smollm");
  }

  @Test
  void tablesThatDoNotFitTogetherAreRefused() {
    assertRefused(
        TinyModel.llama(1).gguf().without("tokenizer.ggml.scores"),
        "metadata key tokenizer.ggml.scores is missing");
    assertRefused(
        TinyModel.llama(1).gguf().without("tokenizer.ggml.scores").f32s("tokenizer.ggml.scores", 1),
        "tokenizer.ggml.scores has 1 elements, expected one per token: 320");
    assertRefused(
        TinyModel.llama(1)
            .gguf()
            .without("tokenizer.ggml.eos_token_id")
            .u32("tokenizer.ggml.eos_token_id", 320),
        "tokenizer.ggml.eos_token_id is 320, must be below 320");
    assertRefused(
        TinyModel.qwen2(1)
            .gguf()
            .without("tokenizer.ggml.merges")
            .texts("tokenizer.ggml.merges", List.of("a xyz")),
        "merge 0 of tokenizer.ggml.merges needs the token xyz");
    assertRefused(
        TinyModel.qwen2(1)
            .gguf()
            .without("tokenizer.ggml.merges")
            .texts("tokenizer.ggml.merges", List.of("abc")),
        "merge 0 of tokenizer.ggml.merges is not two tokens: abc");
  }

  private void assertRefused(GgufBuilder builder, String problem) {
    Path file = builder.write(folder.resolve("refused.gguf"));
    assertThatThrownBy(() -> TokenizerFixtures.read(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(file + ": " + problem);
  }

  private static String randomText(Random random) {
    StringBuilder text = new StringBuilder();
    String[] parts = {
      "the", " ", "  ", "king", "\n", "\u00e9", "\ud83d\ude00", "'ll", "12345", "\u4e16"
    };
    for (int i = random.nextInt(30); i > 0; i--) {
      text.append(
          random.nextBoolean()
              ? parts[random.nextInt(parts.length)]
              : Character.toString(random.nextInt(0xD800)));
    }
    return text.toString();
  }

  private Tokenizer[] both() {
    return new Tokenizer[] {
      TokenizerFixtures.sentencePiece(folder), TokenizerFixtures.byteLevel(folder)
    };
  }
}

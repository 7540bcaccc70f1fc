package io.kvasir.worker.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text comes back whole, however its bytes were cut into tokens. */
final class DetokenizerTest {

  @TempDir private Path folder;

  @Test
  void incrementalTextEqualsWholeTextForRandomIds() {
    for (Tokenizer tokenizer : both()) {
      for (int seed = 0; seed < 3000; seed++) {
        Random random = new Random(seed);
        int[] ids = new int[1 + random.nextInt(40)];
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < ids.length; i++) {
          // Mostly single bytes, so that broken and unfinished characters are frequent.
          ids[i] = random.nextInt(random.nextInt(4) == 0 ? tokenizer.vocabularySize() : 262);
          bytes.writeBytes(tokenizer.tokenBytes(ids[i]));
        }
        String whole = bytes.toString(StandardCharsets.UTF_8);
        if (ids[0] == 1) {
          whole = tokenizer.decode(ids);
        }
        assertThat(tokenizer.decode(ids)).as("seed %d", seed).isEqualTo(whole);
        assertThat(incremental(tokenizer, ids)).as("seed %d", seed).isEqualTo(whole);
      }
    }
  }

  @Test
  void textOfBrokenBytesMatchesWholeTextForAllShortSequences() {
    Tokenizer tokenizer = TokenizerFixtures.byteLevel(folder);
    int[] edges = {
      0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF4, 0xF5
    };
    for (int code = 0; code < 1 << 16; code++) {
      byte[] bytes = new byte[4];
      int[] ids = new int[4];
      for (int i = 0; i < 4; i++) {
        int value = edges[code >>> (4 * i) & 15];
        bytes[i] = (byte) value;
        ids[i] = value + 1;
      }
      assertThat(incremental(tokenizer, ids)).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
    }
  }

  @Test
  void unfinishedCharacterIsHeldBack() {
    Tokenizer tokenizer = TokenizerFixtures.sentencePiece(folder);
    IncrementalDetokenizer detokenizer = tokenizer.newDetokenizer();
    assertThat(detokenizer.append(3 + 0xF0)).isEmpty();
    assertThat(detokenizer.append(3 + 0x9F)).isEmpty();
    assertThat(detokenizer.append(3 + 0x98)).isEmpty();
    assertThat(detokenizer.append(3 + 0x80)).isEqualTo("\ud83d\ude00");
    assertThat(detokenizer.append(3 + 0xE2)).isEmpty();
    assertThat(detokenizer.append(3 + 0x41)).isEqualTo("\ufffdA");
    assertThat(detokenizer.append(3 + 0xE2)).isEmpty();
    assertThat(detokenizer.finish()).isEqualTo("\ufffd");
    assertThat(detokenizer.finish()).isEmpty();
  }

  @Test
  void prefixSpaceIsDroppedFromWholeTextsOnly() {
    Tokenizer tokenizer = TokenizerFixtures.sentencePiece(folder);
    int[] whole = tokenizer.encode("the king", true, false);
    assertThat(tokenizer.decode(whole)).isEqualTo("the king");
    assertThat(incremental(tokenizer, whole)).isEqualTo("the king");
    int[] continuation = tokenizer.encode("the king", false, false);
    assertThat(tokenizer.decode(continuation)).isEqualTo(" the king");
    assertThat(incremental(tokenizer, continuation)).isEqualTo(" the king");
  }

  private Tokenizer[] both() {
    return new Tokenizer[] {
      TokenizerFixtures.sentencePiece(folder), TokenizerFixtures.byteLevel(folder)
    };
  }

  private static String incremental(Tokenizer tokenizer, int[] ids) {
    IncrementalDetokenizer detokenizer = tokenizer.newDetokenizer();
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(detokenizer.append(id));
    }
    return text.append(detokenizer.finish()).toString();
  }
}

package io.kvasir.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvasir.worker.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The bundled model's tokenizer against ids from an independent implementation. */
final class BundledModelTest {

  private static final Path MODEL =
      Path.of(
          Objects.requireNonNull(System.getProperty("kvasir.home"), "kvasir.home"),
          "worker/models/kvasir-prose-q8_0.gguf");

  @Test
  void tokenizerAgreesWithTheOneOfTheTraining() throws IOException {
    JsonNode golden;
    try (InputStream json =
        BundledModelTest.class.getResourceAsStream("/golden/bundled-tokenizer.json")) {
      golden = new ObjectMapper().readTree(Objects.requireNonNull(json));
    }
    assertThat(golden).isNotEmpty();
    try (ModelFile model = ModelFile.open(MODEL)) {
      Tokenizer tokenizer = model.tokenizer();
      for (JsonNode example : golden) {
        String text = example.get("text").asText();
        boolean parseSpecial = example.get("parse_special").asBoolean();
        int[] ids = ids(example.get("ids"));
        assertThat(tokenizer.encode(text, false, parseSpecial)).as(text).containsExactly(ids);
        if (!parseSpecial) {
          assertThat(tokenizer.decode(ids)).isEqualTo(text);
        }
      }
    }
  }

  private static int[] ids(JsonNode array) {
    return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
  }
}

package io.kvasir.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvasir.worker.model.gguf.Dequantizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A real model file and what an independent implementation says about it. */
final class StoriesModelTest {

  private static final Path FOLDER =
      Path.of(System.getProperty("kvasir.shared", "."), "models", "stories260K");

  @Test
  void readsShapeAndTokenizer() throws IOException {
    Path path = FOLDER.resolve("stories260K-f32.gguf");
    Assumptions.assumeTrue(Files.exists(path), () -> path + " is not here");
    JsonNode golden = new ObjectMapper().readTree(FOLDER.resolve("golden.json").toFile());
    try (ModelFile model = ModelFile.open(path)) {
      ModelConfig config = model.config();
      assertThat(config.name()).isEqualTo("llama");
      assertThat(config.dim()).isEqualTo(64);
      assertThat(config.hiddenDim()).isEqualTo(172);
      assertThat(config.layers()).isEqualTo(5);
      assertThat(config.heads()).isEqualTo(8);
      assertThat(config.kvHeads()).isEqualTo(4);
      assertThat(config.headDim()).isEqualTo(8);
      assertThat(config.vocabularySize()).isEqualTo(512);
      assertThat(config.contextLength()).isEqualTo(128);
      assertThat(config.rope().layout()).isEqualTo(RopeLayout.INTERLEAVED);
      assertThat(model.fingerprint()).matches("[0-9a-f]{64}");
      assertThat(Dequantizer.all(model.tensor("output_norm.weight"))).hasSize(64);
      for (JsonNode example : golden.get("cases")) {
        int[] ids = ids(example.get("prompt_ids"));
        assertThat(model.tokenizer().encode(example.get("prompt").asText(), true, false))
            .containsExactly(ids);
        assertThat(model.tokenizer().decode(ids)).isEqualTo(example.get("prompt").asText());
      }
    }
  }

  private static int[] ids(JsonNode array) {
    return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
  }
}

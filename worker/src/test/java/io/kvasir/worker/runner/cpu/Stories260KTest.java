package io.kvasir.worker.runner.cpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvasir.worker.model.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model that others trained, against ids and logits of an independent float64 forward pass. */
class Stories260KTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("kvasir.shared", "../shared"), "models", "stories260K");
  private static JsonNode cases;
  private static ModelFile model;

  @BeforeAll
  static void open() throws IOException {
    Path file = FOLDER.resolve("stories260K-f32.gguf");
    assumeTrue(Files.exists(file), () -> "test model not found: " + file);
    cases = new ObjectMapper().readTree(FOLDER.resolve("golden.json").toFile()).get("cases");
    model = ModelFile.open(file);
  }

  @AfterAll
  static void close() {
    if (model != null) {
      model.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, false", "7, 2, false", "512, 2, false", "512, 1, true"})
  void greedyIdsEqualTheGoldenOnes(int chunk, int threads, boolean scalar) {
    for (JsonNode golden : cases) {
      CpuRunnerConfig config =
          new CpuRunnerConfig(GoldenGeneration.BLOCKS, 16, 512, threads, scalar);
      GoldenGeneration.runAll(model, List.of(new GoldenGeneration(golden, 0)), chunk, config);
    }
  }

  @Test
  void sixteenTogetherGenerateWhatEachDoesAlone() {
    List<GoldenGeneration> generations = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      generations.add(new GoldenGeneration(cases.get(i % cases.size()), i));
    }
    // Three tokens at a time: the longer prompts lag, so that steps mix prefill and decode.
    GoldenGeneration.runAll(
        model, generations, 3, new CpuRunnerConfig(16 * GoldenGeneration.BLOCKS, 16, 64, 2, false));
  }
}

package io.kvasir.worker.runner.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvasir.worker.model.ModelFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The bundled model against ids and logits of an independent float64 forward pass. */
class BundledModelTest {
  private static final Path HOME = Path.of(System.getProperty("kvasir.home", ".."));

  @Test
  void mixedBatchesGenerateTheGoldenIds() throws IOException {
    JsonNode golden;
    try (InputStream in = getClass().getResourceAsStream("/golden/bundled.json")) {
      golden = new ObjectMapper().readTree(Objects.requireNonNull(in, "golden file"));
    }
    Path file = HOME.resolve("worker/models").resolve(golden.get("model").asText());
    JsonNode cases = golden.get("cases");
    assertThat(cases.size()).isPositive();
    try (ModelFile model = ModelFile.open(file)) {
      for (int chunk : new int[] {1, 7, 512}) {
        List<GoldenGeneration> generations = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
          generations.add(new GoldenGeneration(cases.get(i), i));
        }
        int blocks = cases.size() * GoldenGeneration.BLOCKS;
        CpuRunnerConfig config = new CpuRunnerConfig(blocks, 16, 512, 2, false);
        GoldenGeneration.runAll(model, generations, chunk, config);
      }
    }
  }
}

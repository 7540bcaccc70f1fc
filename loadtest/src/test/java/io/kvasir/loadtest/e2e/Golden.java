package io.kvasir.loadtest.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A model with what an independent float64 forward pass says it generates.
 *
 * @param model the model file
 * @param cases prompts and what follows them greedily
 */
record Golden(Path model, List<Case> cases) {

  /** One prompt. */
  record Case(String prompt, List<Integer> promptIds, List<Integer> greedyIds, List<Top> top) {}

  /** One of the likeliest tokens after the prompt. */
  record Top(int tokenId, float logit) {}

  /** A public model that is not in the repository; skips the test where it is missing. */
  static Golden stories() throws IOException {
    Path folder = Path.of(System.getProperty("kvasir.shared"), "models", "stories260K");
    Path model = folder.resolve("stories260K-f32.gguf");
    assumeTrue(Files.exists(model), "no test model at " + model);
    return new Golden(model, read(folder.resolve("golden.json")));
  }

  /** The bundled model. */
  static Golden bundled() throws IOException {
    Path home = Path.of(System.getProperty("kvasir.home"));
    return new Golden(
        home.resolve("worker/models/kvasir-prose-q8_0.gguf"),
        read(home.resolve("worker/src/test/resources/golden/bundled.json")));
  }

  private static List<Case> read(Path json) throws IOException {
    List<Case> cases = new ArrayList<>();
    for (JsonNode node : new ObjectMapper().readTree(json.toFile()).get("cases")) {
      List<Top> top = new ArrayList<>();
      node.get("top8_after_prompt")
          .forEach(t -> top.add(new Top(t.get(0).asInt(), (float) t.get(1).asDouble())));
      cases.add(
          new Case(
              node.get("prompt").asText(),
              ints(node.get("prompt_ids")),
              ints(node.get("greedy_ids")),
              top));
    }
    return cases;
  }

  private static List<Integer> ints(JsonNode array) {
    List<Integer> ints = new ArrayList<>();
    array.forEach(i -> ints.add(i.asInt()));
    return ints;
  }
}

package io.kvasir.loadtest.sim.device;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvasir.loadtest.workload.WorkloadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A step time fitted to live steps: {@code a + b * tokens + c * pairs + d * requests}, nanoseconds,
 * where a pair is a computed token and a token that it attends to, times a ratio of the steps'
 * {@link StepSpread}. It holds for one model on one machine with one number of threads.
 *
 * @param model name of the model that was measured
 * @param fingerprint of that model
 * @param threads threads that computed
 * @param stepNanos a, at least 0
 * @param tokenNanos b, at least 0
 * @param pairNanos c, at least 0
 * @param requestNanos d, at least 0
 * @param spread of live steps around that sum
 * @param steps live steps it was fitted to
 * @param meanRelativeError of the median ratio times the sum, over these steps
 * @param shape the model's shape
 */
public record FittedStepTime(
    String model,
    String fingerprint,
    int threads,
    double stepNanos,
    double tokenNanos,
    double pairNanos,
    double requestNanos,
    StepSpread spread,
    int steps,
    double meanRelativeError,
    ModelShape shape)
    implements StepTime {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int VERSION = 2;
  private static final double NANOS_MAX = 1e12;

  @Override
  public long nanos(StepLoad load) {
    return nanos(load, 0.5);
  }

  @Override
  public long nanos(StepLoad load, double luck) {
    double sum =
        stepNanos
            + tokenNanos * load.tokens()
            + pairNanos * load.pairs()
            + requestNanos * load.requests();
    return Math.round(sum * spread.at(load.tokens(), luck));
  }

  @Override
  public Map<String, Object> assumptions() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put(
        "step_time",
        "(a + b * tokens + c * pairs + d * requests) * a ratio drawn from those of live steps");
    facts.put("measured_model", model);
    facts.put("fingerprint", fingerprint);
    facts.put("threads", threads);
    facts.put("step_ns", stepNanos);
    facts.put("token_ns", tokenNanos);
    facts.put("pair_ns", pairNanos);
    facts.put("request_ns", requestNanos);
    facts.put("measured_steps", steps);
    facts.put("mean_relative_error", meanRelativeError);
    return facts;
  }

  /** The contents of a fit file. */
  public String json() {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("kvasir_step_time", VERSION);
    assumptions().forEach((name, value) -> root.set(name, MAPPER.valueToTree(value)));
    root.set("spread", MAPPER.valueToTree(spread.ratios()));
    root.set("shape", MAPPER.valueToTree(shape));
    return root.toPrettyString() + "\n";
  }

  /**
   * Reads a fit file.
   *
   * @throws WorkloadException if it cannot be read or is none
   */
  public static FittedStepTime read(Path file) {
    try {
      return of(file, MAPPER.readTree(Files.readString(file)));
    } catch (JsonProcessingException e) {
      throw new WorkloadException(file + ": not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw WorkloadException.unreadable(file.toString(), e);
    }
  }

  private static FittedStepTime of(Path file, JsonNode root) {
    if (root.path("kvasir_step_time").asInt() != VERSION) {
      throw new WorkloadException(
          file + ": no step time of version " + VERSION + "; kvasir simulate calibrate makes one");
    }
    if (!root.path("shape").isObject()) {
      throw new WorkloadException(file + ": shape is missing");
    }
    return new FittedStepTime(
        root.path("measured_model").asText(),
        root.path("fingerprint").asText(),
        root.path("threads").asInt(),
        number(file, root, "step_ns"),
        number(file, root, "token_ns"),
        number(file, root, "pair_ns"),
        number(file, root, "request_ns"),
        spread(file, root),
        root.path("measured_steps").asInt(),
        root.path("mean_relative_error").asDouble(),
        shape(file, root));
  }

  private static ModelShape shape(Path file, JsonNode root) {
    try {
      return MAPPER.treeToValue(root.path("shape"), ModelShape.class);
    } catch (JsonProcessingException e) {
      Throwable cause = e.getCause();
      String why = cause == null ? e.getOriginalMessage() : cause.getMessage();
      throw new WorkloadException(file + ": shape: " + why, e);
    }
  }

  private static StepSpread spread(Path file, JsonNode root) {
    try {
      List<List<Double>> ratios =
          MAPPER.convertValue(root.path("spread"), new TypeReference<List<List<Double>>>() {});
      return new StepSpread(ratios == null ? List.of() : ratios);
    } catch (IllegalArgumentException e) {
      throw new WorkloadException(file + ": spread: " + e.getMessage(), e);
    }
  }

  private static double number(Path file, JsonNode root, String field) {
    JsonNode value = root.path(field);
    if (!value.isNumber() || !(value.asDouble() >= 0 && value.asDouble() <= NANOS_MAX)) {
      throw new WorkloadException(
          file + ": " + field + " is no number of at least 0 and at most 1e12");
    }
    return value.asDouble();
  }
}

package io.kvasir.loadtest.sim.device;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The model shapes that are known by name: 16-bit weights and KV unless their source differs. */
public final class ModelShapes {
  private static final int HALF = 2;

  private static final List<ModelShape> ALL =
      List.of(
          half(
              "llama-3-8b",
              new int[] {32, 32, 8, 128, 8192, 128_256},
              8_030_261_248L,
              "config.json of meta-llama/Meta-Llama-3-8B"),
          half(
              "llama-2-7b",
              new int[] {32, 32, 32, 128, 4096, 32_000},
              6_738_415_616L,
              "config.json of meta-llama/Llama-2-7b-hf"),
          half(
              "qwen2.5-32b",
              new int[] {64, 40, 8, 128, 32_768, 152_064},
              32_763_876_352L,
              "config.json of Qwen/Qwen2.5-32B; Qwen1.5-32B has the same KV shape"),
          half(
              "llama-3-70b",
              new int[] {80, 64, 8, 128, 8192, 128_256},
              70_553_706_496L,
              "config.json of meta-llama/Meta-Llama-3-70B"),
          new ModelShape(
              "stories260k",
              5,
              8,
              4,
              8,
              262_144,
              1_048_576,
              Float.BYTES,
              512,
              512,
              "karpathy/tinyllamas stories260K, 32-bit floats"));

  private ModelShapes() {}

  private static ModelShape half(String name, int[] sizes, long parameters, String source) {
    return new ModelShape(
        name,
        sizes[0],
        sizes[1],
        sizes[2],
        sizes[3],
        parameters,
        HALF * parameters,
        HALF,
        sizes[4],
        sizes[5],
        source);
  }

  /** Their names. */
  public static List<String> names() {
    return ALL.stream().map(ModelShape::name).toList();
  }

  /** The shape of that name, in any case. */
  public static Optional<ModelShape> find(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    return ALL.stream().filter(shape -> shape.name().equals(wanted)).findFirst();
  }
}

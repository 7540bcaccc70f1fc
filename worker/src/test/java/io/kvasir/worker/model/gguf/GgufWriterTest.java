package io.kvasir.worker.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is what {@link GgufFile} reads. */
final class GgufWriterTest {
  @TempDir private Path folder;

  @Test
  void metadataOfEveryKindComesBack() throws IOException {
    Map<String, GgufValue> keys = new LinkedHashMap<>();
    keys.put("a.text", new GgufValue.Text("naïve – ✓"));
    keys.put("a.u32", new GgufValue.Whole(0xFFFF_FFFFL));
    keys.put("a.i64", new GgufValue.Whole(-1));
    keys.put("a.large", new GgufValue.Whole(1L << 32));
    keys.put("a.f32", new GgufValue.Real(0.5));
    keys.put("a.f64", new GgufValue.Real(0.1));
    keys.put("a.flag", new GgufValue.Flag(true));
    keys.put("a.texts", new GgufValue.Texts(new String[] {"", "x", "Ġy"}));
    keys.put("a.i32s", new GgufValue.Wholes(new long[] {-1, 0, Integer.MAX_VALUE}));
    keys.put("a.i64s", new GgufValue.Wholes(new long[] {1L << 31, -5}));
    keys.put("a.reals", new GgufValue.Reals(new float[] {0.1f, Float.NEGATIVE_INFINITY}));
    keys.put("b.flags", new GgufValue.Flags(new boolean[] {true, false}));
    keys.put("b.empty", new GgufValue.Texts(new String[0]));
    write(keys, List.of());
    try (Arena arena = Arena.ofConfined()) {
      GgufFile file = GgufFile.open(path(), arena);
      assertThat(file.version()).isEqualTo(3);
      GgufMetadata read = file.metadata();
      assertThat(read.whole("general.alignment")).hasValue(32);
      Map<String, GgufValue> found = read.under("");
      assertThat(found).hasSize(keys.size() + 1);
      keys.forEach((key, value) ->
          assertThat(found.get(key)).as(key).usingRecursiveComparison().isEqualTo(value));
      assertThat(read.under("b.").keySet()).containsExactly("b.flags", "b.empty");
    }
  }

  @Test
  void tensorsAreAlignedAndHoldTheirRows() throws IOException {
    List<GgufWriter.Plan> plans =
        List.of(
            new GgufWriter.Plan("odd", GgmlType.F32, new long[] {3}),
            new GgufWriter.Plan("half", GgmlType.F16, new long[] {5, 3}),
            new GgufWriter.Plan("bytes", GgmlType.Q8_0, new long[] {64, 7}),
            new GgufWriter.Plan("last", GgmlType.F32, new long[] {2, 2}));
    write(Map.of("a.key", new GgufValue.Text("shifts the data")), plans);
    try (Arena arena = Arena.ofConfined()) {
      GgufFile file = GgufFile.open(path(), arena);
      assertThat(file.tensors()).hasSize(plans.size());
      Random random = new Random(5);
      for (GgufWriter.Plan plan : plans) {
        Tensor tensor = file.find(plan.name()).orElseThrow();
        assertThat(tensor.type()).isEqualTo(plan.type());
        assertThat(tensor.dims()).isEqualTo(plan.dims());
        assertRows(tensor, random);
      }
      assertThat(file.fileBytes() - file.header().byteSize()).isLessThan(32 + 32 + 32 + 480 + 32);
    }
  }

  private static void assertRows(Tensor tensor, Random random) {
    float[] read = Dequantizer.all(tensor);
    float[] row = new float[tensor.rowElements()];
    for (int i = 0; i < tensor.rows(); i++) {
      fill(random, row);
      for (int k = 0; k < row.length; k++) {
        double tolerance =
            switch (tensor.type()) {
              case F32 -> 0;
              case F16 -> Math.abs(row[k]) / 2048;
              default -> 1.0 / 127;
            };
        assertThat((double) read[i * row.length + k]).isCloseTo(row[k], within(tolerance));
      }
    }
  }

  @Test
  void oneBlockIsScaledByItsLargestValue() throws IOException {
    GgufWriter.Plan plan = new GgufWriter.Plan("t", GgmlType.Q8_0, new long[] {32, 2});
    try (OutputStream out = Files.newOutputStream(path())) {
      float[] largest = {-254, 0};
      int[] next = {0};
      new GgufWriter(Map.of(), List.of(plan))
          .write(
              out,
              (_, row) -> {
                row[0] = largest[next[0]++];
                row[1] = row[0] / 2;
              });
    }
    try (Arena arena = Arena.ofConfined()) {
      float[] read = Dequantizer.all(GgufFile.open(path(), arena).find("t").orElseThrow());
      assertThat(read[0]).isEqualTo(-254);
      assertThat(read[1]).isCloseTo(-127, within(1f));
      // A block of zeros has no scale and is no NaN.
      assertThat(read[32]).isZero();
    }
  }

  @Test
  void refusesWhatItCannotWrite() {
    assertThatThrownBy(
            () -> new GgufWriter(Map.of("general.alignment", new GgufValue.Whole(64)), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() ->
            write(Map.of(), List.of(new GgufWriter.Plan("t", GgmlType.Q4_0, new long[] {32}))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("type Q4_0 is not encoded");
  }

  private void write(Map<String, GgufValue> keys, List<GgufWriter.Plan> plans) throws IOException {
    Random random = new Random(5);
    try (OutputStream out = Files.newOutputStream(path())) {
      new GgufWriter(keys, plans).write(out, (_, row) -> fill(random, row));
    }
  }

  private static void fill(Random random, float[] row) {
    for (int i = 0; i < row.length; i++) {
      row[i] = 2 * random.nextFloat() - 1;
    }
  }

  private Path path() {
    return folder.resolve("a.gguf");
  }
}

package io.kvasir.worker.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.layout.BlockLayout;
import io.kvasir.offload.codec.BlockCodec;
import io.kvasir.offload.codec.BlockCodecs;
import io.kvasir.offload.codec.CacheGenCodec;
import io.kvasir.offload.codec.CacheGenLevel;
import io.kvasir.offload.codec.CodecTables;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.runner.cpu.CpuModelRunner;
import io.kvasir.worker.runner.cpu.CpuRunnerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Codecs on the KV of the bundled model. */
final class CodecStudyTest {
  private static final Path MODEL =
      Path.of(System.getProperty("kvasir.home", ".."), "worker/models/kvasir-prose-q8_0.gguf");
  private static ModelFile model;
  private static String text;

  @BeforeAll
  static void open() throws IOException {
    model = ModelFile.open(MODEL);
    try (InputStream in = CodecStudy.class.getResourceAsStream("ruth.txt")) {
      byte[] bytes = Objects.requireNonNull(in, "text").readAllBytes();
      text = new String(bytes, StandardCharsets.UTF_8);
    }
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void rawChangesNothingAndLossyCodecsLittle() {
    try (CodecStudy study = study(text, 2)) {
      CodecReport report = study.run(List.of("raw", "int8", "cachegen-fine"));
      assertThat(report.windows()).isEqualTo(2);
      assertThat(report.prefixTokens()).isEqualTo(256);
      CodecFigures raw = report.codecs().get(0);
      assertThat(raw.ratio()).isEqualTo(1);
      assertThat(raw.perplexityChange()).isZero();
      assertThat(raw.agreement()).isEqualTo(1);
      assertThat(raw.equalTokens()).isEqualTo(report.greedyTokens());
      CodecFigures int8 = report.codecs().get(1);
      assertThat(int8.ratio()).isBetween(3.6, 3.7);
      assertThat(int8.perplexityChange()).isBetween(-0.01, 0.01);
      assertThat(int8.agreement()).isGreaterThan(0.98);
      CodecFigures fine = report.codecs().get(2);
      assertThat(fine.ratio()).isGreaterThan(7);
      assertThat(fine.perplexityChange()).isBetween(-0.02, 0.02);
      assertThat(fine.agreement()).isGreaterThan(0.95);
    }
  }

  @Test
  void errorsOnRealKvStayWithinHalfABin() {
    int[] tokens = model.tokenizer().encode(text, false, false);
    int[] blocks = IntStream.range(0, 16).toArray();
    CpuRunnerConfig config = new CpuRunnerConfig(16, 16, 256, 1, false);
    try (CpuModelRunner runner = new CpuModelRunner(model, config)) {
      float[][] logits = new float[1][runner.vocabularySize()];
      runner.execute(List.of(new BatchSequence(tokens, 0, 256, blocks, true)), logits);
      BlockGeometry shape = runner.geometry();
      MemorySegment back = Arena.ofAuto().allocate(shape.blockBytes(), Float.BYTES);
      for (CacheGenLevel level : CacheGenLevel.values()) {
        BlockCodec codec = new CacheGenCodec(shape, CodecTables.defaults(), level);
        MemorySegment out = Arena.ofAuto().allocate(codec.maxEncodedBytes(), Float.BYTES);
        for (int id : blocks) {
          long at = runner.arena().layout().blockOffset(id);
          MemorySegment block = runner.arena().segment().asSlice(at, shape.blockBytes());
          int bytes = codec.encode(block, 16, out);
          codec.decode(out.asSlice(0, bytes), 16, back);
          for (int layer = 0; layer < shape.layers(); layer++) {
            for (int head = 0; head < shape.kvHeads(); head++) {
              checkKeys(shape, layer, head, level, block, back);
            }
          }
        }
      }
    }
  }

  private static void checkKeys(
      BlockGeometry shape,
      int layer,
      int head,
      CacheGenLevel level,
      MemorySegment block,
      MemorySegment back) {
    BlockLayout layout = new BlockLayout(shape);
    double squares = 0;
    double worst = 0;
    for (int dim = 0; dim < shape.headDim(); dim++) {
      double anchor = get(block, layout.keyOffset(0, layer, head, 0, dim));
      for (int slot = 1; slot < shape.blockTokens(); slot++) {
        long at = layout.keyOffset(0, layer, head, slot, dim);
        double value = get(block, at);
        squares += (value - anchor) * (value - anchor);
        worst = Math.max(worst, Math.abs(value - get(back, at)));
      }
    }
    double count = shape.headDim() * (shape.blockTokens() - 1.0);
    double bin = level.bin(layer, shape.layers()) * Math.sqrt(squares / count);
    // The anchor's own rounding moves the root mean square a little.
    assertThat(worst).isLessThan(CacheGenCodec.MAX_ERROR * bin * 1.02);
  }

  private static float get(MemorySegment memory, long at) {
    return memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
  }

  @Test
  void aTextThatIsTooShortIsRefused() {
    assertThatThrownBy(() -> study("In the beginning", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("the text has \\d+ tokens, needs 384");
  }

  private static CodecStudy study(String text, int windows) {
    return new CodecStudy(
        model, text, shape -> new BlockCodecs(shape, CodecTables.defaults()), windows, 1);
  }
}

package io.kvasir.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kvasir.worker.model.gguf.Dequantizer;
import io.kvasir.worker.model.gguf.GgmlType;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Generated models of every supported shape can be opened. */
final class TinyModelTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16", "Q8_0", "Q4_0"})
  void everyTypeHoldsTheSameWeightsRoughly(GgmlType type) {
    Path exactFile = TinyModel.llama(7).write(folder);
    Path file = TinyModel.llama(7).weights(type).write(folder);
    try (ModelFile exact = ModelFile.open(exactFile);
        ModelFile model = ModelFile.open(file)) {
      float[] expected = Dequantizer.all(exact.tensor("blk.1.ffn_down.weight"));
      float[] found = Dequantizer.all(model.tensor("blk.1.ffn_down.weight"));
      float tolerance = type == GgmlType.Q4_0 ? 0.06f : 0.005f;
      assertThat(found).hasSameSizeAs(expected);
      for (int i = 0; i < found.length; i++) {
        assertThat(found[i]).isCloseTo(expected[i], within(tolerance));
      }
    }
  }

  @Test
  void qwen2HasHalfSplitRotationAndBiases() {
    Path file = TinyModel.qwen2(1).heads(4, 1).headDim(16).write(folder);
    try (ModelFile model = ModelFile.open(file)) {
      ModelConfig config = model.config();
      assertThat(config.rope().layout()).isEqualTo(RopeLayout.HALF_SPLIT);
      assertThat(config.qkvBias()).isTrue();
      assertThat(config.queryDim()).isEqualTo(64);
      assertThat(config.kvDim()).isEqualTo(16);
      assertThat(config.tiedOutput()).isFalse();
    }
  }

  @Test
  void tiedOutputAndRopeScaling() {
    TinyModel settings = TinyModel.llama(1).tied().ropeFactors().linearFactor(4);
    try (ModelFile model = ModelFile.open(settings.write(folder))) {
      assertThat(model.config().tiedOutput()).isTrue();
      RopeConfig rope = model.config().rope();
      double[] angles = rope.anglesPerPosition();
      assertThat(angles).hasSize(4);
      assertThat(angles[0]).isCloseTo(0.25, within(1e-12));
      // Pair 2 of 4: 10000^(-4/8) = 0.01, divided by the factor 1 + 7 * 2 / 4 and by 4.
      assertThat(angles[2]).isCloseTo(0.01 / 4.5 / 4, within(1e-12));
    }
  }

  @Test
  void sameSeedSameFileOtherSeedOtherFingerprint() {
    assertThat(TinyModel.llama(3).gguf().build()).isEqualTo(TinyModel.llama(3).gguf().build());
    Path first = TinyModel.llama(3).write(folder);
    Path second = TinyModel.llama(4).write(folder);
    try (ModelFile a = ModelFile.open(first);
        ModelFile again = ModelFile.open(first);
        ModelFile b = ModelFile.open(second)) {
      assertThat(a.fingerprint()).isEqualTo(again.fingerprint()).isNotEqualTo(b.fingerprint());
    }
  }
}

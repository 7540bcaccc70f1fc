package io.kvasir.loadtest.sim.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepSpreadTest {

  @Test
  void stepsOfASizeHaveTheirOwnRatios() {
    long[] tokens = new long[200];
    double[] ratios = new double[200];
    Arrays.setAll(tokens, i -> i % 2 == 0 ? 1 : 100);
    Arrays.setAll(ratios, i -> i % 2 == 0 ? 1 + i / 198.0 : 5);
    StepSpread spread = StepSpread.of(tokens, ratios);
    assertThat(spread.at(1, 0)).isEqualTo(1);
    assertThat(spread.at(1, 0.5)).isCloseTo(1.5, within(0.01));
    assertThat(spread.at(1, 1)).isEqualTo(2);
    assertThat(spread.at(65, 0.5)).isEqualTo(5);
    assertThat(spread.at(128, 0.5)).isEqualTo(5);
    assertThat(spread.at(4096, 0.99)).as("larger than any measured").isEqualTo(5);
  }

  @Test
  void fewStepsTakeTheRatiosOfTheirNeighbours() {
    long[] tokens = new long[101];
    double[] ratios = new double[101];
    Arrays.fill(tokens, 2);
    Arrays.fill(ratios, 3);
    tokens[100] = 50;
    ratios[100] = 100;
    StepSpread spread = StepSpread.of(tokens, ratios);
    assertThat(spread.at(50, 0.5)).isEqualTo(3);
    assertThat(spread.at(1, 0.5)).isEqualTo(3);
    assertThat(StepSpread.of(new long[] {7}, new double[] {2}).at(7, 0.3)).isEqualTo(2);
  }

  @Test
  void noneIsWhatTheFormulaSays() {
    assertThat(StepSpread.NONE.at(1, 0)).isEqualTo(1);
    assertThat(StepSpread.NONE.at(1 << 20, 1)).isEqualTo(1);
    assertThatThrownBy(() -> new StepSpread(List.of(List.of(1.0), List.of())))
        .hasMessageContaining("a class needs ratios above 0");
  }
}

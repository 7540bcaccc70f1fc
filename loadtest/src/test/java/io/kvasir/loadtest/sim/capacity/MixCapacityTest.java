package io.kvasir.loadtest.sim.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kvasir.loadtest.sim.device.DeviceProfile;
import io.kvasir.loadtest.sim.device.ModelShape;
import io.kvasir.loadtest.sim.device.ModelShapes;
import io.kvasir.loadtest.workload.SloTargets;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class MixCapacityTest {
  private static final Offset<Double> EXACTLY = within(1e-12);
  private static final ModelShape MODEL = ModelShapes.find("llama-3-8b").orElseThrow();
  private static final DeviceProfile A10 = DeviceProfile.find("a10").orElseThrow();

  private static Capacity row(double requestsPerSecond, boolean meetsTtft) {
    return new Capacity(
        MODEL, A10, 1000, 250, 1, 9, 0.2, 8, 0.1, 3, 20, requestsPerSecond, meetsTtft);
  }

  private static MixCapacity mix(int interactiveTbt, int batchTbt, Capacity... rows) {
    return new MixCapacity(
        SloClass.normalised(
            List.of(3.0, 7.0),
            List.of(new SloTargets(500, interactiveTbt), new SloTargets(5000, batchTbt))),
        List.of(rows));
  }

  @Test
  void sharesAreDividedByTheirSum() {
    MixCapacity mix = mix(30, 200, row(1, true), row(1, true));
    assertThat(mix.classes()).extracting(SloClass::share).containsExactly(0.3, 0.7);
  }

  @Test
  void devicesAreDividedByWhatEachClassNeeds() {
    // 0.3 / 1.5 = 0.2 and 0.7 / 1.75 = 0.4 devices for one request/s of the mix: 1 / 0.6.
    MixCapacity mix = mix(30, 200, row(1.5, true), row(1.75, true));
    assertThat(mix.separateRequestsPerSecond()).isCloseTo(5 / 3.0, EXACTLY);
    assertThat(mix.deviceShare(0)).isCloseTo(1 / 3.0, EXACTLY);
    assertThat(mix.deviceShare(1)).isCloseTo(2 / 3.0, EXACTLY);
    assertThat(mix.sharedRequestsPerSecond()).isEqualTo(1.5);
  }

  @Test
  void theTightestOfThoseWithATargetDecidesASharedBatch() {
    assertThat(mix(200, 30, row(4, true), row(2, true)).sharedRequestsPerSecond()).isEqualTo(2);
    assertThat(mix(0, 200, row(5, true), row(4, true)).sharedRequestsPerSecond()).isEqualTo(4);
    assertThat(mix(200, 0, row(4, true), row(5, true)).sharedRequestsPerSecond()).isEqualTo(4);
    assertThat(mix(0, 0, row(5, true), row(5, true)).sharedRequestsPerSecond()).isEqualTo(5);
  }

  @Test
  void aClassThatCannotBeMetMakesBothFiguresZero() {
    for (Capacity missed : List.of(row(0, true), row(2, false))) {
      MixCapacity mix = mix(30, 200, missed, row(4, true));
      assertThat(mix.meetsTargets()).isFalse();
      assertThat(mix.sharedRequestsPerSecond()).isZero();
      assertThat(mix.separateRequestsPerSecond()).isZero();
      assertThat(mix.deviceShare(1)).isZero();
      assertThat(new MixReport(0.9, 0, List.of(mix)).text()).containsPattern("0\\.00 +0\\.00 +-");
    }
  }

  @Test
  void everyClassHasARowAndAShare() {
    assertThatThrownBy(() -> mix(30, 200, row(1, true)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 classes and 1 rows");
    assertThatThrownBy(() -> new SloClass(0, SloTargets.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("share is 0.0, must be above 0 and at most 1");
  }
}

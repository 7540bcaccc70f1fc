package io.kvasir.loadtest.sim.calibrate;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.loadtest.sim.device.FittedStepTime;
import io.kvasir.loadtest.sim.device.ModelShape;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.runner.cpu.CpuModelRunner;
import io.kvasir.worker.runner.cpu.CpuRunnerConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Fits the step time of the CPU runner on this machine to live steps of a model. */
public final class Calibration {
  private Calibration() {}

  /**
   * Measures and fits. Passes before the first measured one warm the code up; of the measured ones
   * the median of every step counts.
   *
   * @param threads that compute
   * @param maxStepTokens most tokens of a step, as the server will be told
   * @param maxRequests most requests of a step
   * @param passes measured, at least 1
   */
  public static FittedStepTime measure(
      ModelFile file, int threads, int maxStepTokens, int maxRequests, int passes) {
    int blockTokens = BlockGeometry.DEFAULT_BLOCK_TOKENS;
    int blocks = maxRequests * Math.ceilDiv(file.config().contextLength(), blockTokens);
    CpuRunnerConfig config =
        new CpuRunnerConfig(blocks, blockTokens, maxStepTokens, threads, false);
    try (CpuModelRunner runner = new CpuModelRunner(file, config)) {
      LiveSteps steps = new LiveSteps(runner, maxRequests);
      steps.pass();
      steps.pass();
      List<List<StepSample>> measured = new ArrayList<>();
      for (int i = 0; i < passes; i++) {
        measured.add(steps.pass());
      }
      return fit(file, threads, medians(measured));
    }
  }

  private static List<StepSample> medians(List<List<StepSample>> passes) {
    List<StepSample> medians = new ArrayList<>();
    for (int i = 0; i < passes.getFirst().size(); i++) {
      int step = i;
      double[] nanos =
          passes.stream().mapToDouble(pass -> pass.get(step).nanos()).sorted().toArray();
      StepSample sample = passes.getFirst().get(i);
      medians.add(
          new StepSample(
              sample.tokens(), sample.pairs(), sample.requests(), nanos[nanos.length / 2]));
    }
    return medians;
  }

  static FittedStepTime fit(ModelFile file, int threads, List<StepSample> samples) {
    double[] factors = factors(samples);
    double error = 0;
    for (StepSample sample : samples) {
      error += Math.abs(predict(factors, sample) / sample.nanos() - 1);
    }
    return new FittedStepTime(
        file.config().name(),
        file.fingerprint(),
        threads,
        factors[0],
        factors[1],
        factors[2],
        factors[3],
        samples.size(),
        error / samples.size(),
        ModelShape.of(file));
  }

  static double[] factors(List<StepSample> samples) {
    return LeastSquares.fit(
        samples.stream().map(StepSample::features).toArray(double[][]::new),
        samples.stream().mapToDouble(StepSample::nanos).toArray());
  }

  private static double predict(double[] factors, StepSample sample) {
    double[] features = sample.features();
    double[] products = new double[features.length];
    Arrays.setAll(products, i -> factors[i] * features[i]);
    return Arrays.stream(products).sum();
  }
}

package io.kvasir.loadtest.sim.calibrate;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.loadtest.sim.device.FittedStepTime;
import io.kvasir.loadtest.sim.device.ModelShape;
import io.kvasir.loadtest.sim.device.StepSpread;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.runner.cpu.CpuModelRunner;
import io.kvasir.worker.runner.cpu.CpuRunnerConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Fits the step time of the CPU runner on this machine to live steps of a model. */
public final class Calibration {
  private static final int ROUNDS = 30;

  /* Smaller relative errors count like this one, so that no weight is infinite. */
  private static final double SMALL_ERROR = 0.01;

  private Calibration() {}

  /**
   * Measures and fits. Passes before the first measured one warm the code up.
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
      List<StepSample> measured = new ArrayList<>();
      for (int i = 0; i < passes; i++) {
        measured.addAll(steps.pass());
      }
      return fit(file, threads, measured);
    }
  }

  static FittedStepTime fit(ModelFile file, int threads, List<StepSample> samples) {
    double[] factors = factors(samples);
    long[] tokens = samples.stream().mapToLong(sample -> Math.round(sample.tokens())).toArray();
    double[] ratios = samples.stream().mapToDouble(s -> s.nanos() / predict(factors, s)).toArray();
    StepSpread spread = StepSpread.of(tokens, ratios);
    double error = 0;
    for (int i = 0; i < ratios.length; i++) {
      error += Math.abs(spread.at(tokens[i], 0.5) / ratios[i] - 1);
    }
    return new FittedStepTime(
        file.config().name(),
        file.fingerprint(),
        threads,
        factors[0],
        factors[1],
        factors[2],
        factors[3],
        spread,
        samples.size(),
        error / samples.size(),
        ModelShape.of(file));
  }

  /**
   * The factors whose relative errors have the least sum. Errors are not squared: steps that
   * something else held up, and they are many where a machine serves, would count for more than
   * those that show what a step takes.
   */
  static double[] factors(List<StepSample> samples) {
    double[][] features = samples.stream().map(StepSample::features).toArray(double[][]::new);
    double[] nanos = samples.stream().mapToDouble(StepSample::nanos).toArray();
    double[] weights = Arrays.stream(nanos).map(n -> 1 / (n * n)).toArray();
    double[] factors = LeastSquares.fit(features, nanos, weights);
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < nanos.length; i++) {
        double predicted = Math.max(predict(factors, samples.get(i)), 1);
        double error = Math.abs(predicted - nanos[i]);
        weights[i] = 1 / (predicted * Math.max(error, predicted * SMALL_ERROR));
      }
      factors = LeastSquares.fit(features, nanos, weights);
    }
    return factors;
  }

  private static double predict(double[] factors, StepSample sample) {
    double[] features = sample.features();
    double[] products = new double[features.length];
    Arrays.setAll(products, i -> factors[i] * features[i]);
    return Arrays.stream(products).sum();
  }
}

package io.kvasir.loadtest.interference;

import java.util.function.IntToDoubleFunction;

/**
 * Compares windows of steps while a request swaps with windows right before and after without. A
 * window is long enough for a p99; pairs are neighbours in time, so that what else the machine does
 * disturbs both, and the median over pairs does not see the rest.
 *
 * <pre>
 * alone, swapping, alone, swapping, ... alone
 * </pre>
 *
 * @param pairs of windows, at least 1
 * @param windowSteps steps of a window, at least 100
 */
record InterferenceStudy(int pairs, int windowSteps) {

  Interference run(
      String tier, int blockBytes, int sharePercent, DecodeSteps steps, SwappingRequest request) {
    steps.run(windowSteps);
    request.start();
    steps.run(windowSteps);
    request.stop();
    long[][] alone = new long[pairs + 1][];
    long[][] swapping = new long[pairs][];
    long copied = -request.copiedBytes();
    long nanos = 0;
    for (int pair = 0; pair < pairs; pair++) {
      alone[pair] = steps.run(windowSteps);
      long begin = System.nanoTime();
      request.start();
      swapping[pair] = steps.run(windowSteps);
      request.stop();
      nanos += System.nanoTime() - begin;
    }
    alone[pairs] = steps.run(windowSteps);
    copied += request.copiedBytes();
    double[] p99Ratios =
        each(i -> at(swapping[i], 99) * 2 / (at(alone[i], 99) + at(alone[i + 1], 99)));
    return new Interference(
        tier,
        blockBytes,
        sharePercent,
        Interference.median(each(i -> at(alone[i], 50))),
        Interference.median(each(i -> at(swapping[i], 50))),
        Interference.median(each(i -> at(alone[i], 99))),
        Interference.median(each(i -> at(swapping[i], 99))),
        Interference.median(
            each(i -> at(swapping[i], 50) * 2 / (at(alone[i], 50) + at(alone[i + 1], 50)))),
        Interference.median(p99Ratios),
        Interference.quantile(p99Ratios, 0.25),
        Interference.quantile(p99Ratios, 0.75),
        Interference.median(each(i -> at(alone[i + 1], 99) / at(alone[i], 99))),
        copied * 1e9 / nanos);
  }

  private double[] each(IntToDoubleFunction value) {
    double[] values = new double[pairs];
    for (int i = 0; i < pairs; i++) {
      values[i] = value.applyAsDouble(i);
    }
    return values;
  }

  private static double at(long[] sorted, int percent) {
    return sorted[(int) ((sorted.length - 1L) * percent / 100)];
  }
}

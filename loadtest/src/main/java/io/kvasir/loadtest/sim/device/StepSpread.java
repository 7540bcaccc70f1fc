package io.kvasir.loadtest.sim.device;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How measured steps lie around a formula: quantiles of measured by computed time, by the number of
 * the step's tokens. It holds what no sum of features does: that kernels take so many tokens at a
 * time, and that a machine which serves does other things too.
 *
 * @param ratios of steps of 1, 2, 3 to 4, 5 to 8, ... tokens, smallest first, each class evenly
 *     from the least to the greatest; the last class is for all larger steps
 */
public record StepSpread(List<List<Double>> ratios) {
  /** All steps take what the formula says. */
  public static final StepSpread NONE = new StepSpread(List.of(List.of(1.0)));

  private static final int QUANTILES = 201;
  private static final double RATIO_MAX = 1e6;
  private static final int FEWEST_STEPS = 40;

  /** Refuses what is no spread. */
  public StepSpread {
    if (ratios.isEmpty()
        || ratios.stream().anyMatch(List::isEmpty)
        || !ratios.stream().flatMap(List::stream).allMatch(StepSpread::isRatio)) {
      throw new IllegalArgumentException(
          "a spread needs a class, and a class needs ratios above 0 to 1e6: " + ratios);
    }
    ratios = ratios.stream().map(List::copyOf).toList();
  }

  private static boolean isRatio(@Nullable Double ratio) {
    return ratio != null && ratio > 0 && ratio <= RATIO_MAX;
  }

  /**
   * Measures a spread. Classes with few steps take the ratios of the next smaller one that has
   * enough, or of the next larger one.
   *
   * @param tokens of each step, at least 1
   * @param ratio of each step's measured and computed time
   */
  public static StepSpread of(long[] tokens, double[] ratio) {
    List<List<Double>> classes = new ArrayList<>();
    for (int i = 0; i < tokens.length; i++) {
      int number = classOf(tokens[i]);
      while (classes.size() <= number) {
        classes.add(new ArrayList<>());
      }
      classes.get(number).add(ratio[i]);
    }
    List<List<Double>> quantiles = new ArrayList<>();
    for (int i = 0; i < classes.size(); i++) {
      quantiles.add(quantiles(enough(classes, i)));
    }
    return quantiles.isEmpty() ? NONE : new StepSpread(quantiles);
  }

  private static List<Double> enough(List<List<Double>> classes, int number) {
    for (int i = number; i >= 0; i--) {
      if (classes.get(i).size() >= FEWEST_STEPS) {
        return classes.get(i);
      }
    }
    for (List<Double> larger : classes.subList(number, classes.size())) {
      if (larger.size() >= FEWEST_STEPS) {
        return larger;
      }
    }
    return classes.stream().flatMap(List::stream).toList();
  }

  private static List<Double> quantiles(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    Double[] quantiles = new Double[QUANTILES];
    Arrays.setAll(quantiles, i -> at(sorted, i / (QUANTILES - 1.0)));
    return List.of(quantiles);
  }

  /**
   * Measured by computed time.
   *
   * @param tokens of the step
   * @param luck share of steps of its class that have a smaller one, 0 to 1
   */
  public double at(long tokens, double luck) {
    return at(ratios.get(Math.min(classOf(tokens), ratios.size() - 1)), luck);
  }

  private static double at(List<Double> sorted, double share) {
    double place = share * (sorted.size() - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.size() - 1);
    return sorted.get(below) + (place - below) * (sorted.get(above) - sorted.get(below));
  }

  private static int classOf(long tokens) {
    return 64 - Long.numberOfLeadingZeros(tokens - 1);
  }
}

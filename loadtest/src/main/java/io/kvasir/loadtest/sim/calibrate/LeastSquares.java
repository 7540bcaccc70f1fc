package io.kvasir.loadtest.sim.calibrate;

import java.util.Arrays;

/**
 * Fits a sum of features with factors of at least 0, so that the weighted sum of the squared errors
 * is least. A factor that would be negative is 0, and the others are fitted again.
 */
final class LeastSquares {
  private static final double SINGULAR = 1e-12;

  private LeastSquares() {}

  /**
   * The factors.
   *
   * @param features one row per measurement
   * @param values measured
   * @param weights of the squared errors, above 0
   */
  static double[] fit(double[][] features, double[] values, double[] weights) {
    int count = features[0].length;
    boolean[] used = new boolean[count];
    Arrays.fill(used, true);
    while (true) {
      double[] factors = solve(features, values, weights, used);
      int worst = -1;
      for (int i = 0; i < count; i++) {
        if (factors[i] < 0 && (worst < 0 || factors[i] < factors[worst])) {
          worst = i;
        }
      }
      if (worst < 0) {
        return factors;
      }
      used[worst] = false;
    }
  }

  /* Normal equations, solved by elimination with the largest pivot; columns are scaled to 1. */
  private static double[] solve(
      double[][] features, double[] values, double[] weights, boolean[] used) {
    int count = used.length;
    double[] scale = new double[count];
    for (double[] row : features) {
      for (int i = 0; i < count; i++) {
        scale[i] = Math.max(scale[i], Math.abs(row[i]));
      }
    }
    double[][] system = new double[count][count + 1];
    for (int m = 0; m < values.length; m++) {
      double weight = weights[m];
      for (int i = 0; i < count; i++) {
        double left = used[i] && scale[i] > 0 ? features[m][i] / scale[i] : 0;
        for (int j = 0; j < count; j++) {
          double right = used[j] && scale[j] > 0 ? features[m][j] / scale[j] : 0;
          system[i][j] += weight * left * right;
        }
        system[i][count] += weight * left * values[m];
      }
    }
    double[] factors = eliminate(system);
    for (int i = 0; i < count; i++) {
      factors[i] = scale[i] > 0 ? factors[i] / scale[i] : 0;
    }
    return factors;
  }

  private static double[] eliminate(double[][] system) {
    int count = system.length;
    double largest = 0;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, Math.abs(system[i][i]));
    }
    boolean[] solved = new boolean[count];
    double[] result = new double[count];
    int[] pivotRow = new int[count];
    boolean[] taken = new boolean[count];
    for (int column = 0; column < count; column++) {
      int pivot = -1;
      for (int row = 0; row < count; row++) {
        if (!taken[row]
            && (pivot < 0 || Math.abs(system[row][column]) > Math.abs(system[pivot][column]))) {
          pivot = row;
        }
      }
      if (pivot < 0 || Math.abs(system[pivot][column]) <= SINGULAR * largest) {
        continue;
      }
      taken[pivot] = true;
      solved[column] = true;
      pivotRow[column] = pivot;
      for (int row = 0; row < count; row++) {
        double part = row == pivot ? 0 : system[row][column] / system[pivot][column];
        for (int j = 0; part != 0 && j <= count; j++) {
          system[row][j] -= part * system[pivot][j];
        }
      }
    }
    for (int column = 0; column < count; column++) {
      if (solved[column]) {
        double[] row = system[pivotRow[column]];
        result[column] = row[count] / row[column];
      }
    }
    return result;
  }
}

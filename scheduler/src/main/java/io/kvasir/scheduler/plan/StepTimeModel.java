package io.kvasir.scheduler.plan;

import java.util.Arrays;

/**
 * How long a step takes, learned while serving: {@code nanos = a + b x tokens + c x context}, where
 * context is the number of (token, earlier token) pairs that attention looks at. The three are
 * fitted to the steps measured by weighted least squares with exponential forgetting; a step weighs
 * one over its time squared, so that short steps are told as well as long ones. None is ever
 * negative.
 *
 * <p>While all steps are alike the three cannot be told apart; a weak pull towards what they were
 * keeps them where they explain the steps seen, and prediction of such steps is right all the same.
 *
 * <p>Confined to the scheduler loop; allocates nothing after construction.
 */
public final class StepTimeModel {
  private static final int TERMS = 3;

  /** Steps after which what was learned has faded to a third. */
  private static final double MEMORY_STEPS = 256;

  private static final double KEEP = 1 - 1 / MEMORY_STEPS;

  /** Strength of the pull towards the last fit, as a share of what the steps say. */
  private static final double PULL = 1e-6;

  /** Steps whose errors do not count: they tell only that the terms cannot be told apart yet. */
  private static final int LEARNING_STEPS = 8;

  /** Steps that the error is about. */
  private static final long ERROR_STEPS = 20;

  private final double[][] sums = new double[TERMS][TERMS];
  private final double[] products = new double[TERMS];
  private final double[] fit = new double[TERMS];

  /* Reused from step to step. */
  private final double[][] matrix = new double[TERMS][TERMS + 1];
  private final double[] terms = new double[TERMS];
  private final boolean[] free = new boolean[TERMS];

  private long steps;
  private long leastNanos = Long.MAX_VALUE;
  private double relativeError;

  /** Whether anything was measured: before, every prediction is 0. */
  public boolean known() {
    return steps > 0;
  }

  /** Steps measured. */
  public long steps() {
    return steps;
  }

  /** Whether enough steps were measured to tell the error: more than the first few. */
  public boolean errorKnown() {
    return steps > LEARNING_STEPS;
  }

  /**
   * Mean of |predicted - measured| / measured over about the last 20 steps, each predicted before
   * it was measured; 0 as long as it is not known.
   */
  public double relativeError() {
    return relativeError;
  }

  /**
   * The shortest step measured, nanoseconds; the largest long if none was. No step costs more than
   * that whatever it computes. {@link #fixedNanos} may be far below: where a device reads its
   * weights meanwhile, computing costs nothing up to a point, and steps beyond it do not tell what
   * it is.
   */
  public long leastNanos() {
    return leastNanos;
  }

  /** Time that a step takes whatever it computes, as steps of late tell it, nanoseconds. */
  public double fixedNanos() {
    return fit[0];
  }

  /** Time of one more token without context, nanoseconds. */
  public double nanosPerToken() {
    return fit[1];
  }

  /** Time of one more (token, earlier token) pair, nanoseconds. */
  public double nanosPerContext() {
    return fit[2];
  }

  /** How long a step will take, nanoseconds. */
  public double predict(long tokens, long context) {
    return fit[0] + fit[1] * tokens + fit[2] * context;
  }

  /** The pairs of {@code count} tokens of one request, of which {@code start} are before them. */
  public static long context(long start, long count) {
    return count * start + count * (count + 1) / 2;
  }

  /** What so many tokens of one request add to a step, nanoseconds. */
  public double nanos(long start, long count) {
    return fit[1] * count + fit[2] * context(start, count);
  }

  /**
   * Most tokens of one request that are computed in so much time, beside what is in the step
   * already; {@code most} if nothing is known.
   *
   * @param nanos time left, without the fixed part
   * @param start tokens of the request before them
   */
  public int tokensWithin(double nanos, long start, int most) {
    if (steps == 0) {
      return most;
    }
    // c/2 x n^2 + (b + c x (start + 1/2)) x n = nanos
    double half = fit[2] / 2;
    double linear = fit[1] + fit[2] * (start + 0.5);
    double n;
    if (nanos <= 0) {
      n = 0;
    } else if (half > 0) {
      n = (Math.sqrt(linear * linear + 4 * half * nanos) - linear) / (2 * half);
    } else {
      n = linear > 0 ? nanos / linear : most;
    }
    return (int) Math.min(most, n);
  }

  /** A step took that long; one without tokens or time says nothing. */
  public void observe(long tokens, long context, long nanos) {
    if (tokens < 1 || nanos < 1) {
      return;
    }
    double error = Math.abs(predict(tokens, context) - nanos) / nanos;
    steps++;
    if (errorKnown()) {
      relativeError += (error - relativeError) / Math.min(steps - LEARNING_STEPS, ERROR_STEPS);
    }
    leastNanos = Math.min(leastNanos, nanos);
    terms[0] = 1;
    terms[1] = tokens;
    terms[2] = context;
    double weight = 1 / ((double) nanos * nanos);
    for (int i = 0; i < TERMS; i++) {
      for (int j = 0; j < TERMS; j++) {
        sums[i][j] = KEEP * sums[i][j] + weight * terms[i] * terms[j];
      }
      products[i] = KEEP * products[i] + weight * terms[i] * nanos;
    }
    solve();
  }

  /** Fits; a term that comes out negative is 0 and the others are fitted without it. */
  private void solve() {
    Arrays.fill(free, true);
    for (boolean again = true; again; ) {
      eliminate();
      again = false;
      for (int i = 0; i < TERMS; i++) {
        double value = free[i] ? matrix[i][TERMS] / matrix[i][i] : 0;
        if (value < 0) {
          free[i] = false;
          again = true;
        }
        terms[i] = Math.max(0, value);
      }
    }
    System.arraycopy(terms, 0, fit, 0, TERMS);
  }

  /** Gauss and Jordan on the free terms; afterwards only the diagonal is left. */
  private void eliminate() {
    for (int i = 0; i < TERMS; i++) {
      for (int j = 0; j < TERMS; j++) {
        matrix[i][j] = free[i] && free[j] ? sums[i][j] : 0;
      }
      double pull = PULL * sums[i][i];
      matrix[i][i] = free[i] ? sums[i][i] + pull : 1;
      matrix[i][TERMS] = free[i] ? products[i] + pull * fit[i] : 0;
    }
    for (int pivot = 0; pivot < TERMS; pivot++) {
      for (int row = 0; row < TERMS; row++) {
        double factor = row == pivot ? 0 : matrix[row][pivot] / matrix[pivot][pivot];
        for (int k = pivot; factor != 0 && k <= TERMS; k++) {
          matrix[row][k] -= factor * matrix[pivot][k];
        }
      }
    }
  }
}

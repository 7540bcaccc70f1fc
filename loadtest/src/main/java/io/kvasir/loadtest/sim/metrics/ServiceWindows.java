package io.kvasir.loadtest.sim.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The service that tenants received, window by window, and who was backlogged throughout each: had
 * a request waiting at every moment of it. Only backlogged tenants have a claim to equal service.
 *
 * <p>Service is counted when it is computed: 1 per uncached prompt token, 2 per generated token;
 * nothing is counted twice. Confined to one thread.
 */
final class ServiceWindows {
  static final double PROMPT_WEIGHT = 1;
  static final double OUTPUT_WEIGHT = 2;

  private final long windowNanos;
  private final List<double[]> closed = new ArrayList<>();
  private final List<boolean[]> backlogged = new ArrayList<>();
  private int tenants;
  private int[] waiting = new int[8];
  private boolean[] throughout = new boolean[8];
  private double[] current = new double[8];
  private double[] totals = new double[8];
  private long endNanos;

  ServiceWindows(long windowNanos) {
    this.windowNanos = windowNanos;
    endNanos = windowNanos;
  }

  void waits(int tenant, int change, long now) {
    advance(now);
    reserve(tenant);
    waiting[tenant] += change;
    if (waiting[tenant] == 0) {
      throughout[tenant] = false;
    }
  }

  void serve(int tenant, double service, long now) {
    advance(now);
    reserve(tenant);
    current[tenant] += service;
    totals[tenant] += service;
  }

  /** Ends the windows that are over. */
  void advance(long now) {
    while (now >= endNanos) {
      closed.add(Arrays.copyOf(current, tenants));
      backlogged.add(Arrays.copyOf(throughout, tenants));
      Arrays.fill(current, 0);
      for (int i = 0; i < tenants; i++) {
        throughout[i] = waiting[i] > 0;
      }
      endNanos += windowNanos;
    }
  }

  private void reserve(int tenant) {
    tenants = Math.max(tenants, tenant + 1);
    if (tenants > waiting.length) {
      int length = 2 * tenants;
      waiting = Arrays.copyOf(waiting, length);
      throughout = Arrays.copyOf(throughout, length);
      current = Arrays.copyOf(current, length);
      totals = Arrays.copyOf(totals, length);
    }
  }

  /** Service of a tenant over the whole run. */
  double total(int tenant) {
    return tenant < tenants ? totals[tenant] : 0;
  }

  /** Windows that ended. */
  int count() {
    return closed.size();
  }

  /**
   * Jain's index of the service by weight of the backlogged tenants, for each window with at least
   * two of them (Jain, Chiu, Hawe, DEC-TR-301, 1984): 1 is equal, 1/n is one of n takes all.
   */
  double[] jain(double[] weights) {
    List<Double> indices = new ArrayList<>();
    for (int w = 0; w < closed.size(); w++) {
      double sum = 0;
      double squares = 0;
      int count = 0;
      for (int i = 0; i < backlogged.get(w).length; i++) {
        if (backlogged.get(w)[i]) {
          double service = closed.get(w)[i] / weights[i];
          sum += service;
          squares += service * service;
          count++;
        }
      }
      if (count >= 2 && squares > 0) {
        indices.add(sum * sum / (count * squares));
      }
    }
    return indices.stream().mapToDouble(Double::doubleValue).toArray();
  }
}

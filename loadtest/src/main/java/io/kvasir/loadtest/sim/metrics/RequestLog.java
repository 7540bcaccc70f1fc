package io.kvasir.loadtest.sim.metrics;

import java.util.Arrays;

/** What became of every request, in columns of primitives: an hour of traffic fits. */
final class RequestLog {
  private int size;
  private int[] tenants = new int[256];
  private long[] sentNanos = new long[256];
  private long[] firstNanos = new long[256];
  private long[] endNanos = new long[256];
  private long[] stallNanos = new long[256];
  private int[] promptTokens = new int[256];
  private int[] outputTokens = new int[256];

  /**
   * Adds a request.
   *
   * @param firstNanos when its first token came; negative without
   */
  void add(
      int tenant,
      long sentNanos,
      long firstNanos,
      long endNanos,
      long stallNanos,
      int promptTokens,
      int outputTokens) {
    if (size == tenants.length) {
      grow(2 * size);
    }
    this.tenants[size] = tenant;
    this.sentNanos[size] = sentNanos;
    this.firstNanos[size] = firstNanos;
    this.endNanos[size] = endNanos;
    this.stallNanos[size] = stallNanos;
    this.promptTokens[size] = promptTokens;
    this.outputTokens[size] = outputTokens;
    size++;
  }

  private void grow(int length) {
    tenants = Arrays.copyOf(tenants, length);
    sentNanos = Arrays.copyOf(sentNanos, length);
    firstNanos = Arrays.copyOf(firstNanos, length);
    endNanos = Arrays.copyOf(endNanos, length);
    stallNanos = Arrays.copyOf(stallNanos, length);
    promptTokens = Arrays.copyOf(promptTokens, length);
    outputTokens = Arrays.copyOf(outputTokens, length);
  }

  int size() {
    return size;
  }

  int tenant(int i) {
    return tenants[i];
  }

  long sentNanos(int i) {
    return sentNanos[i];
  }

  /** Negative without a token. */
  long firstNanos(int i) {
    return firstNanos[i];
  }

  long endNanos(int i) {
    return endNanos[i];
  }

  int promptTokens(int i) {
    return promptTokens[i];
  }

  int outputTokens(int i) {
    return outputTokens[i];
  }

  /**
   * Share of the time of the slowest requests that they were stalled by preemption.
   *
   * @param slowestShare 1: of all requests; 0.01: of the slowest hundredth, at least one
   */
  double stallShare(double slowestShare) {
    Integer[] order = new Integer[size];
    Arrays.setAll(order, i -> i);
    Arrays.sort(
        order, (a, b) -> Long.compare(endNanos[b] - sentNanos[b], endNanos[a] - sentNanos[a]));
    int count = Math.min(size, Math.max(1, (int) Math.round(size * slowestShare)));
    double stalled = 0;
    double total = 0;
    for (int i = 0; i < count; i++) {
      stalled += stallNanos[order[i]];
      total += endNanos[order[i]] - sentNanos[order[i]];
    }
    return total == 0 ? 0 : stalled / total;
  }
}

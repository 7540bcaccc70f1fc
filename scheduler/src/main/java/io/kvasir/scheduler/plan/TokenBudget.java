package io.kvasir.scheduler.plan;

/** Tokens one step may still compute. Confined to the scheduler loop. */
final class TokenBudget {
  private final int stepTokens;
  private int left;
  private int setAside;

  TokenBudget(int stepTokens) {
    this.stepTokens = stepTokens;
  }

  void reset() {
    left = stepTokens;
    setAside = 0;
  }

  /** Keeps up to {@code tokens} back from decodes, but never more than an eighth (at least 1). */
  void setAside(int tokens) {
    setAside = Math.min(tokens, Math.max(1, stepTokens / 8));
  }

  int forDecodes() {
    return left - setAside;
  }

  int left() {
    return left;
  }

  void take(int tokens) {
    left -= tokens;
  }
}

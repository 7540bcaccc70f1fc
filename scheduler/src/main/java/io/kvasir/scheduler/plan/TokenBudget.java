package io.kvasir.scheduler.plan;

/** Tokens one step may still compute. Confined to the scheduler loop. */
final class TokenBudget {
  private static final int SET_ASIDE_SHARE = 8;

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

  /**
   * Keeps up to {@code tokens} back from decodes, but not more than an eighth of the step.
   *
   * @param sureToBeTaken whether it is certain that this step takes them; if not, at least one
   *     token is left to decodes, or nothing might move
   */
  void setAside(int tokens, boolean sureToBeTaken) {
    int most = Math.max(1, stepTokens / SET_ASIDE_SHARE);
    setAside = Math.min(tokens, sureToBeTaken ? most : Math.min(most, stepTokens - 1));
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

package io.kvasir.scheduler.plan;

/** What was decided for blocks that a tier holds and an admitted request wants. */
public enum RestoreDecision {
  /** All are loaded. */
  LOAD,
  /** The front is computed while the tail is loaded. */
  BOTH,
  /** All are computed: loading would take longer. */
  RECOMPUTE;

  static RestoreDecision of(int computedBlocks, int foundBlocks, int tailTokens) {
    if (computedBlocks == 0) {
      return LOAD;
    }
    return computedBlocks == foundBlocks && tailTokens == 0 ? RECOMPUTE : BOTH;
  }
}

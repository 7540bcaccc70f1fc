package io.kvasir.scheduler.plan;

/**
 * What was decided for blocks that a tier holds and an admitted request wants, by what was known of
 * the speeds at its admission.
 */
public enum RestoreDecision {
  /** All are loaded. */
  LOAD,
  /** The front is computed while the tail is loaded. */
  BOTH,
  /** All are computed: loading would take longer. */
  RECOMPUTE;

  static RestoreDecision of(int foundBlocks, int blocksToLoad) {
    if (blocksToLoad == 0) {
      return RECOMPUTE;
    }
    return blocksToLoad == foundBlocks ? LOAD : BOTH;
  }
}

package io.kvasir.worker.cli;

/** What computes. */
enum RunnerKind {
  /** The model, on the processor. */
  cpu,
  /** The hash oracle: no model, tokens that check the memory management under them. */
  hash
}

package io.kvasir.kvpool.tier;

/** What a copy job is for. */
public enum CopyKind {
  /** From the device arena to a tier: swap out, or demotion. */
  STORE,
  /** From a tier to the device arena: swap in, or promotion. */
  LOAD,
  /** From a tier to a lower one: demotion. */
  MOVE,
  /** From nowhere to nowhere: asks which blocks a shared server holds, whoever stored them. */
  PROBE
}

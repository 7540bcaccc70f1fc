package io.kvasir.kvpool.tier;

/** Where a copy leads. */
public enum CopyKind {
  /** From the device arena to a tier: swap out, or demotion. */
  STORE,
  /** From a tier to the device arena: swap in, or promotion. */
  LOAD,
  /** From a tier to a lower one: demotion. */
  MOVE
}

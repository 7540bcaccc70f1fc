package io.kvasir.worker.model;

/** Which two elements of a head one rotation turns. */
public enum RopeLayout {
  /** Elements 2i and 2i + 1. */
  INTERLEAVED,
  /** Elements i and i + ropeDim / 2 ("NeoX"). */
  HALF_SPLIT
}

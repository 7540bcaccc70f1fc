package io.kvasir.kvpool.tier;

/** A kind of memory below the device arena, fastest first. */
public enum TierKind {
  /** Host memory. */
  DRAM,
  /** Memory behind a CXL link, real or emulated. */
  CXL,
  /** A local file or device with direct I/O. */
  SSD,
  /** A server that several instances share. */
  REMOTE
}

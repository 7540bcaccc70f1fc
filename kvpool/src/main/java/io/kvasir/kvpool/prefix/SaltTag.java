package io.kvasir.kvpool.prefix;

/**
 * What is stored with a block of the chain it belongs to: 31 bits that tell the blocks of different
 * tenants apart and do not give a salt away, and in the top bit the chain's domain. Blocks of the
 * lossy domain may hold KV that went through a lossy codec, or was computed from such KV; their
 * hashes start from salts of their own, so no request outside the domain finds them.
 */
public final class SaltTag {
  private static final int LOSSY = 1 << 31;

  private SaltTag() {}

  /** A tag of 31 of the given bits. */
  static int of(int bits, boolean lossy) {
    return lossy ? bits | LOSSY : bits & ~LOSSY;
  }

  /** The tenant's 31 bits: whose block it is, whatever its domain. */
  public static int owner(int saltTag) {
    return saltTag & ~LOSSY;
  }

  /** Whether the block belongs to the lossy domain. */
  public static boolean lossy(int saltTag) {
    return (saltTag & LOSSY) != 0;
  }
}

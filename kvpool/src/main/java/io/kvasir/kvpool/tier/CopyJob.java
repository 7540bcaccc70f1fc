package io.kvasir.kvpool.tier;

/**
 * An order to copy blocks, all from one place to one other. Arrays are parallel, one entry per
 * block, owned by the record and never written after construction.
 *
 * <p>Until the job's {@link CopyResult} was observed, the planner neither reuses nor frees any
 * block or slot named here, and reads no destination. A slot takes part in one write, or in any
 * number of reads, at a time.
 *
 * <p>A PROBE copies nothing: it names hashes only, and its outcomes say which the server holds.
 *
 * <p>Neighbouring entries with neighbouring ids are one run of bytes; the copy engine moves runs.
 *
 * @param jobId unique per connection of a worker, increasing from 1
 * @param kind where it leads
 * @param urgency which job goes first
 * @param tier number of the tier that is written by a STORE, read by a LOAD or MOVE, asked by a
 *     PROBE
 * @param toTier number of the tier that a MOVE writes; -1 otherwise
 * @param blocks ids in the device arena: sources of a STORE, destinations of a LOAD; empty
 *     otherwise
 * @param slots slots of {@code tier}; empty if PROBE
 * @param toSlots slots of {@code toTier}; empty unless MOVE
 * @param hashHi upper half of the hash of the blocks' tokens: their identity
 * @param hashLo lower half
 * @param tokens leading tokens of each block whose KV counts, 1 to block tokens
 * @param generations life of the lower-tier record: a STORE writes it into the record, a LOAD must
 *     find it there; a MOVE finds it in its source and writes it to its destination
 * @param saltTags of each chain, so that a tenant's blocks can be told apart; see {@link
 *     io.kvasir.kvpool.prefix.SaltTag}
 */
public record CopyJob(
    long jobId,
    CopyKind kind,
    CopyUrgency urgency,
    int tier,
    int toTier,
    int[] blocks,
    int[] slots,
    int[] toSlots,
    long[] hashHi,
    long[] hashLo,
    int[] tokens,
    int[] generations,
    int[] saltTags) {

  public CopyJob {
    int count = hashHi.length;
    boolean probe = kind == CopyKind.PROBE;
    boolean arena = kind == CopyKind.STORE || kind == CopyKind.LOAD;
    require("hashHi", count > 0, "must not be empty");
    require("slots", slots.length == (probe ? 0 : count), "has the wrong length");
    require("blocks", blocks.length == (arena ? count : 0), "has the wrong length");
    require(
        "toSlots", toSlots.length == (kind == CopyKind.MOVE ? count : 0), "has the wrong length");
    require("toTier", kind == CopyKind.MOVE ? toTier > tier : toTier == -1, "is " + toTier);
    require("hashLo", hashLo.length == count, "has the wrong length");
    require("tokens", tokens.length == count, "has the wrong length");
    require("generations", generations.length == count, "has the wrong length");
    require("saltTags", saltTags.length == count, "has the wrong length");
  }

  /** Blocks it copies or asks for. */
  public int blockCount() {
    return hashHi.length;
  }

  private static void require(String field, boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(field + ": " + problem);
    }
  }
}

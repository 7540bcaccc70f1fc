package io.kvasir.kvpool.block;

import org.jspecify.annotations.Nullable;

/**
 * The tables that hold blocks, as a list linked through the tables themselves, so that an integrity
 * check finds every reference. Confined to the scheduler loop.
 */
final class LiveTables {
  private @Nullable BlockTable first;

  /** The first, or null; the others follow through {@link BlockTable#nextLive}. */
  @Nullable BlockTable first() {
    return first;
  }

  /** A table got its first block. */
  void add(BlockTable table) {
    table.nextLive = first;
    if (first != null) {
      first.previousLive = table;
    }
    first = table;
  }

  /** A table lost its blocks. */
  void remove(BlockTable table) {
    BlockTable before = table.previousLive;
    BlockTable behind = table.nextLive;
    if (before == null) {
      first = behind;
    } else {
      before.nextLive = behind;
    }
    if (behind != null) {
      behind.previousLive = before;
    }
    table.previousLive = null;
    table.nextLive = null;
  }
}

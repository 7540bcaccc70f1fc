package io.kvasir.offload.store;

import io.kvasir.kvpool.tier.CopyOutcome;
import java.util.List;

/** A store on a server that several instances share: its records are found by their hash. */
public interface SharedStore extends TierStore {

  /**
   * Asks which records the server has, whoever stored them. Blocks for a bounded time.
   *
   * @param hashHi upper halves of their hashes
   * @param hashLo lower halves
   * @return one per hash: DONE if the server has it, MISS if not, FAILED if it did not answer
   */
  CopyOutcome[] exists(long[] hashHi, long[] hashLo);

  /** Asks for blocks. */
  default void probe(List<BlockTransfer> batch) {
    CopyOutcome[] outcomes =
        exists(
            batch.stream().mapToLong(block -> block.hashHi).toArray(),
            batch.stream().mapToLong(block -> block.hashLo).toArray());
    for (int i = 0; i < outcomes.length; i++) {
      batch.get(i).bytes = 0;
      batch.get(i).outcome = outcomes[i];
    }
  }
}

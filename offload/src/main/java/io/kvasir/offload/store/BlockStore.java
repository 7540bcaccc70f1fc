package io.kvasir.offload.store;

import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.kvpool.tier.TierSpec;
import java.util.List;
import java.util.function.Consumer;

/**
 * One tier as the copy engine sees it: takes and gives whole blocks, encoded by the tier's codec
 * into checksummed records. What is read is proven to be the block that was asked for (magic,
 * version, geometry, model fingerprint, hash, generation, checksum) or it is a MISS and counted.
 *
 * <p>Any thread may call; see {@link TierStore} for what may overlap.
 */
public interface BlockStore extends AutoCloseable {

  /** What the tier is. */
  TierSpec spec();

  /** Stores blocks in their slots. Blocks until every transfer has its outcome. */
  void store(List<BlockTransfer> batch);

  /** Loads slots into blocks. Blocks until every transfer has its outcome. */
  void load(List<BlockTransfer> batch);

  /**
   * Finds out which blocks a shared server holds, by their hashes alone, whoever stored them: DONE,
   * MISS, or FAILED if it could not be asked. Blocks until every transfer has its outcome.
   *
   * @throws UnsupportedOperationException unless the tier is REMOTE
   */
  default void probe(List<BlockTransfer> batch) {
    throw new UnsupportedOperationException(spec().name() + " is shared with nobody");
  }

  /**
   * Tells what the tier holds, most recently used last. Only while no transfer is under way.
   *
   * @param tier number to put into the answers
   */
  void inventory(int tier, Consumer<StoredBlock> found);

  @Override
  void close();
}

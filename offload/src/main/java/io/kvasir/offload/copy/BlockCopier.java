package io.kvasir.offload.copy;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.kvpool.tier.TierSpec;
import java.util.List;
import java.util.function.Consumer;

/** Carries out copy jobs. The worker's view of {@link CopyEngine}. */
public interface BlockCopier extends AutoCloseable {

  /** The tiers, fastest first; copies name them by their place in this list. */
  List<TierSpec> tiers();

  /** Who hears of results from now on. To be set before the first job. */
  void listen(CopyListener listener);

  /**
   * Takes a job; never blocks. What the sources hold is read at any time until the job's result.
   *
   * @throws IllegalArgumentException naming the field if the job names a tier, slot or block that
   *     does not exist
   */
  void submit(CopyJob job);

  /** Gives up what has not begun of a job; its result says what became of each block. */
  void cancel(long jobId);

  /** A step begins, or has ended: copies that need the processors of steps give way meanwhile. */
  default void stepping(boolean underWay) {}

  /** Cancels everything and waits until nothing is under way and every result was delivered. */
  void drain();

  /** Tells what every tier holds. Only while nothing is under way. */
  void inventory(Consumer<StoredBlock> found);

  @Override
  void close();
}

package io.kvasir.offload.store;

import java.util.List;
import java.util.Random;

/** Decides which fault strikes. */
@FunctionalInterface
public interface FaultSchedule {

  /** The fault of the next record that is moved. */
  Fault next(boolean write, int slot);

  /**
   * Strikes at random, the same way for the same seed.
   *
   * @param rate share of records that are struck, 0 to 1
   * @param faults to choose from
   */
  static FaultSchedule seeded(long seed, double rate, List<Fault> faults) {
    Random random = new Random(seed);
    return (_, _) ->
        random.nextDouble() < rate ? faults.get(random.nextInt(faults.size())) : Fault.NONE;
  }
}

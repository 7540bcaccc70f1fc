package io.kvasir.offload.store.arena;

import io.kvasir.offload.store.TierStore;
import io.kvasir.offload.store.TierStoreContractTest;
import java.util.OptionalInt;

/** The DRAM store keeps the contract. */
class ArenaStoreContractTest extends TierStoreContractTest {
  @Override
  protected TierStore open() {
    return ArenaStore.dram(
        "dram",
        (long) SLOTS * RECORD_BYTES + 4095,
        RECORD_BYTES,
        OptionalInt.empty(),
        ArenaStore.Commit.LAZILY);
  }
}

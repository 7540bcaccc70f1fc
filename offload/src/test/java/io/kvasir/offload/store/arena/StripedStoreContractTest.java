package io.kvasir.offload.store.arena;

import io.kvasir.offload.store.TierStore;
import io.kvasir.offload.store.TierStoreContractTest;
import java.io.IOException;
import java.util.List;

/** Three emulated CXL devices of different sizes, striped, keep the contract. */
class StripedStoreContractTest extends TierStoreContractTest {
  @Override
  protected TierStore open() throws IOException {
    return CxlStores.open(
        "cxl",
        List.of(device(SLOTS / 2), device(SLOTS / 3), device(SLOTS / 6)),
        RECORD_BYTES,
        2,
        new ManualTimer());
  }

  private static CxlDevice device(int slots) {
    return new CxlDevice.Emulated((long) slots * RECORD_BYTES, 20L << 30, 10L << 30, 300);
  }
}

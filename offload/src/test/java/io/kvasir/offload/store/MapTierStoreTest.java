package io.kvasir.offload.store;

/** The oracle keeps the contract. */
class MapTierStoreTest extends TierStoreContractTest {
  @Override
  protected TierStore open() {
    return new MapTierStore(SLOTS, RECORD_BYTES);
  }
}

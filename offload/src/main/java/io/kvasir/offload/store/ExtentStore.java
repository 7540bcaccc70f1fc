package io.kvasir.offload.store;

/**
 * A store that decides by itself where in a file or device each record lies. It can be opened again
 * only with this knowledge, which an index keeps for it. Any thread may call.
 */
public interface ExtentStore extends TierStore {

  /** First byte of a slot's extent; of no meaning if it has none. */
  long extentOffset(int slot);

  /** Bytes of a slot's extent, a multiple of 4096; 0 if the slot has no record. */
  int extentBytes(int slot);
}

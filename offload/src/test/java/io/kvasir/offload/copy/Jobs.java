package io.kvasir.offload.copy;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyUrgency;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Makes jobs. A block's hash is its key; unless told otherwise the key is the slot. */
final class Jobs {
  private static final int[] NONE = {};

  private Jobs() {}

  static int[] range(int from, int count) {
    return IntStream.range(from, from + count).toArray();
  }

  static CopyJob store(long id, CopyUrgency urgency, int tier, int[] blocks, int[] slots) {
    return job(id, CopyKind.STORE, urgency, tier, -1, blocks, slots, NONE, slots);
  }

  static CopyJob load(long id, CopyUrgency urgency, int tier, int[] blocks, int[] slots) {
    return job(id, CopyKind.LOAD, urgency, tier, -1, blocks, slots, NONE, slots);
  }

  static CopyJob storeOf(
      long id, CopyUrgency urgency, int tier, int[] blocks, int[] slots, int[] keys) {
    return job(id, CopyKind.STORE, urgency, tier, -1, blocks, slots, NONE, keys);
  }

  static CopyJob loadOf(
      long id, CopyUrgency urgency, int tier, int[] blocks, int[] slots, int[] keys) {
    return job(id, CopyKind.LOAD, urgency, tier, -1, blocks, slots, NONE, keys);
  }

  static CopyJob moveOf(
      long id, CopyUrgency urgency, int tier, int toTier, int[] slots, int[] toSlots, int[] keys) {
    return job(id, CopyKind.MOVE, urgency, tier, toTier, NONE, slots, toSlots, keys);
  }

  /** A load of blocks that came to their slots under other keys. */
  static CopyJob loadOf(long id, int tier, int[] blocks, int[] slots, int[] keys) {
    return job(id, CopyKind.LOAD, CopyUrgency.RESTORE, tier, -1, blocks, slots, NONE, keys);
  }

  static CopyJob move(
      long id, CopyUrgency urgency, int tier, int toTier, int[] slots, int[] toSlots) {
    return job(id, CopyKind.MOVE, urgency, tier, toTier, NONE, slots, toSlots, slots);
  }

  private static CopyJob job(
      long id,
      CopyKind kind,
      CopyUrgency urgency,
      int tier,
      int toTier,
      int[] blocks,
      int[] slots,
      int[] toSlots,
      int[] keys) {
    long[] hashHi = Arrays.stream(keys).asLongStream().toArray();
    long[] hashLo = Arrays.stream(hashHi).map(key -> ~key).toArray();
    int[] ones = new int[slots.length];
    Arrays.fill(ones, 1);
    return new CopyJob(
        id, kind, urgency, tier, toTier, blocks, slots, toSlots, hashHi, hashLo, ones, ones, ones);
  }
}

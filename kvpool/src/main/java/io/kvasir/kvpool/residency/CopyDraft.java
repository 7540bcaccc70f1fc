package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.group.GroupOwner;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyUrgency;
import java.util.Arrays;

/** A copy job in the making; used again from job to job. Confined to the scheduler loop. */
final class CopyDraft {
  private static final int[] NONE = {};

  /** Asks for slots that lie together; bound to the tier that the copies write. */
  final GroupOwner batch = new GroupOwner();

  private int count;
  private int[] blocks = new int[16];
  private int[] slots = new int[16];
  private int[] toSlots = new int[16];
  private long[] hashHi = new long[16];
  private long[] hashLo = new long[16];
  private int[] tokens = new int[16];
  private int[] generations = new int[16];
  private int[] saltTags = new int[16];
  private int[] indexes = new int[16];

  int count() {
    return count;
  }

  /** The index in its request's table of each block, as given to {@link #add}. */
  int[] indexes() {
    return Arrays.copyOf(indexes, count);
  }

  /** Adds a block that lies in a slot, or shall, as the slot's metadata describe it. */
  void add(int block, int slot, int toSlot, SlotMeta meta, int index) {
    if (count == slots.length) {
      grow();
    }
    blocks[count] = block;
    slots[count] = slot;
    toSlots[count] = toSlot;
    hashHi[count] = meta.hashHi[slot];
    hashLo[count] = meta.hashLo[slot];
    tokens[count] = meta.tokens[slot];
    generations[count] = meta.generations[slot];
    saltTags[count] = meta.saltTags[slot];
    indexes[count] = index;
    count++;
  }

  /** Makes the job and empties the draft. */
  CopyJob build(long jobId, CopyKind kind, CopyUrgency urgency, int tier, int toTier) {
    boolean move = kind == CopyKind.MOVE;
    CopyJob job =
        new CopyJob(
            jobId,
            kind,
            urgency,
            tier,
            toTier,
            move ? NONE : Arrays.copyOf(blocks, count),
            Arrays.copyOf(slots, count),
            move ? Arrays.copyOf(toSlots, count) : NONE,
            Arrays.copyOf(hashHi, count),
            Arrays.copyOf(hashLo, count),
            Arrays.copyOf(tokens, count),
            Arrays.copyOf(generations, count),
            Arrays.copyOf(saltTags, count));
    count = 0;
    return job;
  }

  private void grow() {
    int length = 2 * slots.length;
    blocks = Arrays.copyOf(blocks, length);
    slots = Arrays.copyOf(slots, length);
    toSlots = Arrays.copyOf(toSlots, length);
    hashHi = Arrays.copyOf(hashHi, length);
    hashLo = Arrays.copyOf(hashLo, length);
    tokens = Arrays.copyOf(tokens, length);
    generations = Arrays.copyOf(generations, length);
    saltTags = Arrays.copyOf(saltTags, length);
    indexes = Arrays.copyOf(indexes, length);
  }
}

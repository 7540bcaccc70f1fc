package io.kvasir.loadtest.hitrate;

import io.kvasir.kvpool.evict.BucketQueues;
import java.util.BitSet;

/**
 * Gives up the block whose next use is farthest (Belady 1966), which it is told; of equals the one
 * added first, which is a prompt's tail. A block is used whenever one behind it is, so its next use
 * is never later than theirs: nothing is given up before what is useless without it, and every
 * block kept is one that a prefix finds. All blocks being equally large, no policy hits more
 * tokens. It does not look at costs, so one that saves more of them is conceivable.
 */
final class OfflineOptimum implements Victims {
  /** A queue for each prompt that can be the next to use a block, and one for never. */
  private final BucketQueues queues;

  private final BitSet filled = new BitSet();

  /** At most {@code slots} blocks, used by {@code prompts} prompts. */
  OfflineOptimum(int slots, int prompts) {
    queues = new BucketQueues(slots, prompts + 1);
  }

  @Override
  public void add(int slot, int position, int reach, int nextPrompt) {
    queues.addLast(nextPrompt, slot);
    filled.set(nextPrompt);
  }

  @Override
  public void remove(int slot) {
    int prompt = queues.bucketOf(slot);
    queues.remove(slot);
    if (queues.first(prompt) == BucketQueues.END) {
      filled.clear(prompt);
    }
  }

  @Override
  public int poll() {
    int victim = queues.first(filled.length() - 1);
    remove(victim);
    return victim;
  }

  @Override
  public void advance(long computedBlocks) {}
}

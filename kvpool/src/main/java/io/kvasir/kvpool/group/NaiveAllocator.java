package io.kvasir.kvpool.group;

import io.kvasir.kvpool.evict.FreeBlockQueue;
import java.util.List;

/**
 * Gives away single slots: the one freed last goes first, the lowest ids first in the beginning.
 * Keeps nothing for anybody. The oracle of {@link GroupAllocator} and the baseline of its
 * benchmarks. 8 bytes per slot.
 */
public final class NaiveAllocator implements SlotAllocator {
  private final FreeBlockQueue queue;
  private final int total;
  private long allocations;
  private long runs;

  public NaiveAllocator(int total) {
    this.total = total;
    queue = new FreeBlockQueue(total);
    for (int slot = 0; slot < total; slot++) {
      queue.addLast(slot);
    }
  }

  @Override
  public int total() {
    return total;
  }

  @Override
  public int free() {
    return queue.size();
  }

  @Override
  public boolean contains(int slot) {
    return queue.contains(slot);
  }

  @Override
  public void expect(GroupOwner owner, int slots) {
    // It would not know what to do with it.
  }

  @Override
  public int groupSlots() {
    return 1;
  }

  @Override
  public boolean pressed(GroupOwner owner) {
    return free() == 0;
  }

  @Override
  public int allocate(GroupOwner owner) {
    owner.bind(this);
    int slot = queue.pollFirst();
    if (slot == FreeBlockQueue.END) {
      throw new IllegalStateException("no slot of " + total + " is free");
    }
    if (owner.taken == 0 || slot != owner.next) {
      owner.runs++;
      runs++;
    }
    owner.next = slot + 1;
    owner.taken++;
    allocations++;
    return slot;
  }

  @Override
  public void claim(int slot) {
    queue.remove(slot);
  }

  @Override
  public void free(int slot) {
    queue.addFirst(slot);
  }

  @Override
  public void close(GroupOwner owner) {
    owner.reset(this);
  }

  @Override
  public AllocatorFigures figures() {
    int freeRuns = 0;
    int largest = 0;
    int length = 0;
    for (int slot = 0; slot < total; slot++) {
      length = queue.contains(slot) ? length + 1 : 0;
      freeRuns += length == 1 ? 1 : 0;
      largest = Math.max(largest, length);
    }
    return new AllocatorFigures(allocations, runs, 0, 0, freeRuns, largest);
  }

  @Override
  public List<String> violations() {
    int linked = 0;
    for (int slot = queue.first(); slot != FreeBlockQueue.END; slot = queue.after(slot)) {
      linked++;
      if (linked > queue.size()) {
        break;
      }
    }
    return linked == queue.size()
        ? List.of()
        : List.of(
            "slots linked in the queue: counted %d, recorded %d".formatted(linked, queue.size()));
  }
}

package io.kvasir.kvpool.group;

import java.util.List;

/**
 * Gives away the slots of one arena, 0 to {@code total() - 1}, one by one, and tries to give one
 * owner slots that follow each other: a run is what one copy can move. A slot is free until it is
 * allocated or claimed, and free again after {@link #free(int)}.
 *
 * <p>Knows nothing of what lies in a slot: a device block of a request, or the copy of one in a
 * lower tier. Confined to one thread, the scheduler loop.
 */
public interface SlotAllocator {

  /** Slots of the arena, free or not. */
  int total();

  /** Slots that are not given away, those that are kept for an owner's growth included. */
  int free();

  boolean contains(int slot);

  /**
   * Says that the owner is about to allocate {@code slots} more, so that they may be looked for in
   * one piece. Changes no count and promises nothing.
   */
  void expect(GroupOwner owner, int slots);

  /** Slots that an owner should find together when it needs one more. */
  int groupSlots();

  /**
   * Whether the owner's next slot would be taken from what is kept for another, or none is free:
   * then it is worth to free some that lie together, if there are any to do without.
   */
  boolean pressed(GroupOwner owner);

  /**
   * Gives a slot to an owner: the one behind its last one if possible.
   *
   * @throws IllegalStateException if no slot is free, or the owner is another allocator's
   */
  int allocate(GroupOwner owner);

  /**
   * Takes one particular slot, for nobody: its content was there before, as in a store that is
   * opened again.
   *
   * @throws IllegalStateException if the slot is not free, or slots are kept for an owner
   */
  void claim(int slot);

  /**
   * Takes back one slot. Whose it was does not matter, nor whether that owner is closed.
   *
   * @throws IllegalStateException if the slot is free
   */
  void free(int slot);

  /**
   * Ends an owner's growth: what is kept for it can be given to others, and the handle is as good
   * as new. The slots that it allocated stay given away. Closing it again changes nothing.
   *
   * @throws IllegalStateException if the owner is another allocator's
   */
  void close(GroupOwner owner);

  /** How contiguous the given and the free slots are. Makes a little garbage. */
  AllocatorFigures figures();

  /** One sentence per contradiction in the bookkeeping; empty if there is none. */
  List<String> violations();
}

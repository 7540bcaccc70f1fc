package io.kvasir.scheduler.plan;

/**
 * Blocks of the arena that are held for later and may be taken back. Confined to the scheduler
 * loop.
 */
public interface HeldBlocks {
  /** There are none. */
  HeldBlocks NONE = _ -> false;

  /**
   * A request lacks blocks: gives up as many; nothing if there are fewer, because that would not
   * help it.
   *
   * @return whether any was given up
   */
  boolean giveUp(int blocks);
}

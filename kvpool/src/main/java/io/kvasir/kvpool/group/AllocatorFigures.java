package io.kvasir.kvpool.group;

/**
 * How contiguous an allocator's slots are.
 *
 * @param allocations slots allocated since the allocator was made
 * @param runs runs that these slots form: an allocation that does not follow its owner's last one
 *     begins a run
 * @param splits how often one owner's growth took from what was kept for another
 * @param keptSlots free slots that are kept for the growth of an owner, now
 * @param freeRuns maximal runs of free slots that are kept for nobody, now
 * @param largestFreeRun slots in the longest of them; 0 if there is none
 */
public record AllocatorFigures(
    long allocations, long runs, long splits, int keptSlots, int freeRuns, int largestFreeRun) {

  /** Slots per run over all allocations so far; 0 before the first. */
  public double meanRunLength() {
    return runs == 0 ? 0 : (double) allocations / runs;
  }
}

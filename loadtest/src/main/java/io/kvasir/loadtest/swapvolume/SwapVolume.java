package io.kvasir.loadtest.swapvolume;

/**
 * What swapping moved in one run, in blocks unless named otherwise.
 *
 * @param requests turns served
 * @param preemptions of requests
 * @param swaps preemptions after which KV was kept
 * @param swapOutWithoutReuse blocks that the same swap-outs would have written if each had to write
 *     all that its request held
 * @param swapOutWithReuse blocks that they wrote
 * @param demoted blocks that were written in the background, which later swap-outs need not write
 * @param loaded blocks that were read, for swap-ins and for prefixes that were found
 * @param steps that were taken
 */
public record SwapVolume(
    long requests,
    long preemptions,
    long swaps,
    long swapOutWithoutReuse,
    long swapOutWithReuse,
    long demoted,
    long loaded,
    long steps) {

  /** Share of the swap-outs' volume that reuse saves. */
  public double savedShare() {
    return swapOutWithoutReuse == 0 ? 0 : 1 - (double) swapOutWithReuse / swapOutWithoutReuse;
  }

  /** The same if what was written in the background counts as written by swapping. */
  public double savedShareWithDemotion() {
    return swapOutWithoutReuse == 0
        ? 0
        : 1 - (double) (swapOutWithReuse + demoted) / swapOutWithoutReuse;
  }
}

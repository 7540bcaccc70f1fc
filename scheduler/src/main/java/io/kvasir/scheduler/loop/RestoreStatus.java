package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.plan.Prober;
import io.kvasir.scheduler.plan.Restorer;
import io.kvasir.scheduler.plan.WorkerSession;

/**
 * What was looked for on a server that instances share, and how hits were brought back, since the
 * worker connected.
 *
 * @param probes questions to the server
 * @param probedBlocks blocks that it held and that were known nowhere here
 * @param probeTimeouts admissions that waited for its answer in vain
 * @param probeFailures answers that it is not there
 * @param bothComputedTokens of hits that were loaded and computed, the tokens that were computed
 * @param bothLoadedTokens of the same hits, the tokens that were loaded
 * @param overtakenBlocks blocks whose loads were cancelled because computing was there first
 * @param prefetchedBlocks blocks ordered for requests that were not admitted yet
 * @param prefetchHits of these, blocks that were there when the request was admitted
 * @param cancelledJobs copies that were cancelled, for this and all other reasons
 */
public record RestoreStatus(
    long probes,
    long probedBlocks,
    long probeTimeouts,
    long probeFailures,
    long bothComputedTokens,
    long bothLoadedTokens,
    long overtakenBlocks,
    long prefetchedBlocks,
    long prefetchHits,
    long cancelledJobs) {

  /** Nothing happened. */
  public static final RestoreStatus NONE = new RestoreStatus(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  static RestoreStatus of(WorkerSession session) {
    Prober prober = session.prober();
    Restorer restorer = session.restorer();
    return new RestoreStatus(
        prober.asked(),
        prober.foundBlocks(),
        prober.timeouts(),
        prober.failures(),
        restorer.bothComputedTokens(),
        restorer.bothLoadedTokens(),
        restorer.overtakenBlocks(),
        session.prefetcher().orderedBlocks(),
        session.prefetcher().hitBlocks(),
        session.memory().pool().residency().cancellations());
  }
}

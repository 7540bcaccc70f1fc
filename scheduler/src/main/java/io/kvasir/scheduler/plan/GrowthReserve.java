package io.kvasir.scheduler.plan;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestQueue;

/**
 * How many blocks must stay allocatable when a request is admitted, so that the growth of the
 * running ones does not preempt it before it generated anything.
 *
 * <p>Until all prompts in progress are computed, {@code prefillSteps = ceil(tokens behind / tokens
 * per step)} steps pass at most, and each running request grows by at most {@code 1 + prefillSteps
 * / blockTokens} blocks in them. Bounded by a quarter of the pool, because a reserve is throughput
 * given away; nothing is reserved when nobody runs, so a lone request may use the whole pool.
 * Confined to the scheduler loop.
 */
final class GrowthReserve {
  private static final int MAX_SHARE = 4;

  private GrowthReserve() {}

  static int blocks(RequestQueue running, Request candidate, WorkerSession session) {
    if (running.isEmpty()) {
      return 0;
    }
    long behind = candidate.tokenCount();
    for (int i = 0; i < running.size(); i++) {
      behind += running.get(i).tokensBehind();
    }
    long prefillSteps = Math.ceilDiv(behind, (long) session.maxStepTokens());
    long blocksEach = 1 + prefillSteps / session.memory().blockTokens();
    int most = Math.max(1, session.memory().pool().totalBlocks() / MAX_SHARE);
    return (int) Math.min(most, running.size() * blocksEach);
  }
}

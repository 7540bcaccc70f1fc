package io.kvasir.scheduler.plan;

import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestQueue;
import io.kvasir.scheduler.request.WaitingQueue;
import io.kvasir.scheduler.tenant.Tenant;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Chooses who is admitted next where tenants may hold only so much of the worker's KV, or may have
 * only so many tokens of a step.
 *
 * <p>A waiting request steps aside if its tenant has requests that run and would hold more than its
 * quota with this one, or that take all its tokens of a step already ({@link StepCaps}), as long as
 * a request of a tenant waits for which that is not so. So a tenant that is alone may have all the
 * memory, each tenant gets on by one request at a time at least, and nobody is thrown out for a
 * quota: what runs may grow beyond it. Blocks that a tenant's requests share count once; what is
 * cached and in use by nobody does not count.
 *
 * <p>Confined to the scheduler loop.
 */
final class HeadChoice {
  private final RequestQueue running;
  private final WaitingQueue waiting;
  private final WorkerSession session;
  private final BitSet held;

  HeadChoice(RequestQueue running, WaitingQueue waiting, WorkerSession session) {
    this.running = running;
    this.waiting = waiting;
    this.session = session;
    this.held = new BitSet(session.memory().pool().totalBlocks());
  }

  /** The waiting request to be admitted next; null if none waits. */
  @Nullable Request next(long now) {
    Request head = waiting.head(now);
    if (head == null || !stepsAside(head)) {
      return head;
    }
    Request next = waiting.headBut(this::stepsAside, now);
    return next == null ? head : next;
  }

  /** Whether a request waits for its tenant's others to end, as long as somebody else can run. */
  boolean stepsAside(Request request) {
    if (StepCaps.filled(request.tenant(), running)) {
      return true;
    }
    long quotaBytes = request.tenant().spec().deviceKvBytes();
    if (quotaBytes == 0) {
      return false;
    }
    long quota = quotaBytes / session.info().geometry().blockBytes();
    int blockTokens = session.memory().blockTokens();
    // As admission counts: all its known tokens and the next one.
    int needed = Math.ceilDiv(request.tokenCount() + 1, blockTokens);
    int holds = blocksOf(request.tenant());
    return holds > 0 && holds + needed > quota;
  }

  private int blocksOf(Tenant tenant) {
    held.clear();
    for (int i = 0; i < running.size(); i++) {
      Request request = running.get(i);
      if (request.tenant().equals(tenant)) {
        BlockTable blocks = KvMemory.held(request).table();
        for (int b = 0; b < blocks.blockCount(); b++) {
          held.set(blocks.blockId(b));
        }
      }
    }
    return held.cardinality();
  }
}

package io.kvasir.scheduler.plan;

import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestQueue;
import io.kvasir.scheduler.tenant.Tenant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Chooses who is admitted next where tenants may hold only so much of the worker's KV.
 *
 * <p>A waiting request steps aside if its tenant has requests that run and would hold more than its
 * quota with this one, as long as a request of a tenant waits for which that is not so. So a tenant
 * that is alone may have all the memory, each tenant gets on by one request at a time at least, and
 * nobody is thrown out for a quota: what runs may grow beyond it. Blocks that a tenant's requests
 * share count once; what is cached and in use by nobody does not count.
 *
 * <p>Without quotas this is the first that waits. With them it looks at the waiting ones in order
 * until it finds one, and at each tenant's blocks once per step. Confined to the scheduler loop.
 */
final class KvQuota {
  private final RequestQueue running;
  private final RequestQueue waiting;
  private final WorkerSession session;
  private final BitSet held;
  private final List<Tenant> aside = new ArrayList<>();

  KvQuota(RequestQueue running, RequestQueue waiting, WorkerSession session) {
    this.running = running;
    this.waiting = waiting;
    this.session = session;
    this.held = new BitSet(session.memory().pool().totalBlocks());
  }

  /** The waiting request to be admitted next; at least one waits. */
  Request next() {
    aside.clear();
    for (int i = 0; i < waiting.size(); i++) {
      Request request = waiting.get(i);
      // Nobody overtakes a request of its own tenant.
      if (!aside.contains(request.tenant())) {
        if (!stepsAside(request)) {
          return request;
        }
        aside.add(request.tenant());
      }
    }
    return waiting.first();
  }

  private boolean stepsAside(Request request) {
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

package io.kvasir.scheduler.loop;

import io.kvasir.kvpool.residency.Restore;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.scheduler.request.PreemptedEvent;
import io.kvasir.scheduler.request.PreemptedEvent.KvFate;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestBlocks;
import io.kvasir.scheduler.request.RequestRestore;
import io.kvasir.scheduler.request.ResumedEvent;
import java.util.ArrayList;
import java.util.List;

/** What a client is told of a preemption and its end. Confined to the scheduler loop. */
final class RequestNotices {
  private RequestNotices() {}

  /** The request lost its blocks just now. */
  static PreemptedEvent preempted(Request request, List<TierSpec> specs) {
    int kept = request.swap().keptTokens();
    RequestBlocks blocks = request.blocks();
    if (kept == 0 || blocks == null) {
      return new PreemptedEvent(KvFate.DROPPED, List.of(), 0);
    }
    List<String> tiers = new ArrayList<>();
    for (int t = 0; t < specs.size(); t++) {
      if (blocks.copies().uses(t)) {
        tiers.add(specs.get(t).name());
      }
    }
    return new PreemptedEvent(KvFate.SWAPPED, tiers, kept);
  }

  /** The request was admitted again just now. */
  static ResumedEvent resumed(Request request, int blockTokens, long now) {
    RequestRestore restore = request.swap().restore();
    int found = 0;
    if (restore != null) {
      Restore loads = restore.loads();
      found = loads.tokensBefore(loads.endBlock(), blockTokens) - request.computedTokens();
    }
    int missing = request.tokenCount() - request.computedTokens() - found;
    return new ResumedEvent(request.times().stalledFor(now), found, missing);
  }
}

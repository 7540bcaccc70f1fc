package io.kvasir.scheduler.plan;

import io.kvasir.kvpool.residency.Restore;
import io.kvasir.scheduler.request.Request;

/** What loads brought counts from now on, and at a first admission as found in its tier. */
final class RestoreHits {
  private RestoreHits() {}

  /**
   * The blocks behind a request's computed tokens, up to block {@code end}, were loaded.
   *
   * @return the tokens that are
   */
  static int take(Request request, Restore loads, int end, KvMemory memory) {
    int blockTokens = memory.blockTokens();
    int first = request.computedTokens() / blockTokens;
    int tokens = loads.tokensBefore(end, blockTokens);
    int brought = tokens - request.computedTokens();
    request.restored(tokens, brought);
    if (request.admissions() == 1) {
      for (int block = first; block < end; block++) {
        int count = loads.tokensBefore(block + 1, blockTokens) - block * blockTokens;
        String tier = memory.pool().residency().tier(loads.sourceTier(block)).spec().name();
        request.swap().hits().add(tier, count);
      }
    }
    return brought;
  }
}

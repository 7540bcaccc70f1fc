package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.request.Request;

/** Looks up what a cache holds of a request. Confined to the scheduler loop. */
public interface PrefixProbe {

  /** Without a worker there is no cache. */
  PrefixProbe NONE = request -> 0;

  /** Leading tokens of a waiting request that the cache holds now. */
  int cachedTokens(Request request);
}

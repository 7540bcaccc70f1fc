package io.kvasir.offload.copy;

import io.kvasir.kvpool.tier.CopyResult;

/** Hears of finished copies, on a copy thread; implementations only enqueue. */
public interface CopyListener {

  /** A job is over: exactly once per submitted job. */
  void onCopied(CopyResult result);
}

package io.kvasir.scheduler.gateway;

import io.kvasir.offload.copy.BlockCopier;
import io.kvasir.worker.runner.ModelRunner;
import org.jspecify.annotations.Nullable;

/** Where a server's worker is. */
public sealed interface WorkerSource {

  /**
   * In the server's own process.
   *
   * @param runner computes; the server closes it
   * @param maxRequests most requests it holds at once
   * @param tiers copies between the runner's KV blocks and the tiers below; the server closes it;
   *     null without tiers
   */
  record Embedded(ModelRunner runner, int maxRequests, @Nullable BlockCopier tiers)
      implements WorkerSource {

    /** Without tiers. */
    public Embedded(ModelRunner runner, int maxRequests) {
      this(runner, maxRequests, null);
    }
  }

  /**
   * In a process of its own, which connects to this server.
   *
   * @param port where workers connect, on the server's host; 0 takes a free one
   */
  record Remote(int port) implements WorkerSource {}
}

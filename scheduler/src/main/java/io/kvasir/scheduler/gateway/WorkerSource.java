package io.kvasir.scheduler.gateway;

import io.kvasir.worker.runner.ModelRunner;

/** Where a server's worker is. */
public sealed interface WorkerSource {

  /**
   * In the server's own process.
   *
   * @param runner computes; the server closes it
   * @param maxRequests most requests it holds at once
   */
  record Embedded(ModelRunner runner, int maxRequests) implements WorkerSource {}

  /**
   * In a process of its own, which connects to this server.
   *
   * @param port where workers connect, on the server's host; 0 takes a free one
   */
  record Remote(int port) implements WorkerSource {}
}

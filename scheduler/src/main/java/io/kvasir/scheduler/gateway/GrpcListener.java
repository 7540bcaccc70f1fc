package io.kvasir.scheduler.gateway;

import io.grpc.Server;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Starts a gRPC server as a part of a {@link KvasirServer}. */
final class GrpcListener {
  /** How long what was sent last may take to leave once everything was told to end. */
  private static final Duration ABORT_TIME = Duration.ofSeconds(2);

  private GrpcListener() {}

  /**
   * Starts a server and lets the parts stop it.
   *
   * @param flushTime how long calls may go on when it is stopped
   * @return the port it listens at
   * @throws IOException if it cannot; the message names the port and its option
   */
  static int start(Server server, ListenAddress at, Duration flushTime, PartStack parts)
      throws IOException {
    try {
      server.start();
    } catch (IOException e) {
      throw at.cannotListen(e);
    }
    parts.push(() -> stop(server, flushTime));
    return server.getPort();
  }

  private static void stop(Server server, Duration flushTime) throws InterruptedException {
    server.shutdown();
    if (!server.awaitTermination(flushTime.toNanos(), TimeUnit.NANOSECONDS)) {
      server.shutdownNow();
      server.awaitTermination(ABORT_TIME.toNanos(), TimeUnit.NANOSECONDS);
    }
  }
}

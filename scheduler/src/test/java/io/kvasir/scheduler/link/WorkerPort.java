package io.kvasir.scheduler.link;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.kvasir.proto.WireLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A real server for workers, on a port of its own. */
final class WorkerPort implements AutoCloseable {
  private final Server server;

  private WorkerPort(Server server) {
    this.server = server;
  }

  static WorkerPort open(WorkerLink.Listener listener) throws IOException {
    return open(0, new GrpcWorkerService(listener), Duration.ofSeconds(10));
  }

  static WorkerPort open(int port, GrpcWorkerService service, Duration answerTime)
      throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return new WorkerPort(
        GrpcWorkerService.withKeepAlive(builder)
            .keepAliveTimeout(answerTime.toNanos(), TimeUnit.NANOSECONDS)
            .maxInboundMessageSize(WireLimits.MAX_WORKER_MESSAGE_BYTES)
            .directExecutor()
            .addService(service)
            .build()
            .start());
  }

  int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    try {
      server.shutdownNow().awaitTermination();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

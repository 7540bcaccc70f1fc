package io.kvasir.scheduler.gateway.grpc;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.kvasir.proto.WireLimits;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The gRPC server that clients talk to, with reflection.
 *
 * <p>Handlers run on the event loops themselves (a direct executor): a hand-over to a pool per
 * message costs several times what the handlers do.
 */
public final class ClientServer {
  private static final int MAX_HEADER_BYTES = 16 << 10;
  private static final int MAX_CALLS_PER_CONNECTION = 16_384;

  /**
   * What gRPC logs, with stack traces, when a client breaks a rule or goes away. Clients are told,
   * and the gateway counts and logs what matters itself. Held here: loggers are weakly reachable.
   */
  private static final List<Logger> NOISE =
      List.of(
          Logger.getLogger("io.grpc.netty.NettyServerHandler"),
          Logger.getLogger("io.grpc.netty.NettyServerStream"));

  static {
    NOISE.forEach(logger -> logger.setLevel(Level.OFF));
  }

  private ClientServer() {}

  /**
   * A server that is not started yet.
   *
   * @param loops run listener and connections; the caller shuts them down after the server
   */
  public static Server build(
      InetSocketAddress address, EventLoopGroup loops, List<BindableService> services) {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .channelType(NioServerSocketChannel.class)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .directExecutor()
            .intercept(new ErrorInterceptor())
            .addStreamTracerFactory(new StreamReset())
            .maxInboundMessageSize(WireLimits.MAX_CLIENT_MESSAGE_BYTES)
            .maxInboundMetadataSize(MAX_HEADER_BYTES)
            .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
            .handshakeTimeout(10, TimeUnit.SECONDS)
            // A client whose machine vanished is noticed within 40 s; its requests are aborted.
            .keepAliveTime(30, TimeUnit.SECONDS)
            .keepAliveTimeout(10, TimeUnit.SECONDS)
            .permitKeepAliveTime(5, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(ProtoReflectionServiceV1.newInstance())
            .addService(reflectionForOlderClients());
    services.forEach(service -> builder.addService(CheckedParsing.of(service)));
    return builder.build();
  }

  @SuppressWarnings("deprecation")
  private static BindableService reflectionForOlderClients() {
    return io.grpc.protobuf.services.ProtoReflectionService.newInstance();
  }
}

package io.kvasir.scheduler.gateway.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/**
 * An HTTP/1.1 server for small answers. Sizes, connections and the time for a request are bounded.
 * Routes run on the event loops and must be brief.
 */
public final class HttpServer implements AutoCloseable {
  static final int MAX_LINE_BYTES = 4096;
  static final int MAX_HEADER_BYTES = 8192;
  static final int MAX_BODY_BYTES = 16 << 10;
  static final int MAX_CONNECTIONS = 1024;

  private final Channel listener;
  private final ChannelGroup connections;

  private HttpServer(Channel listener, ChannelGroup connections) {
    this.listener = listener;
    this.connections = connections;
  }

  /**
   * Starts to serve.
   *
   * @param address where to listen; port 0 takes a free one
   * @param loops run the connections; the caller shuts them down after {@link #close}
   * @param requestTimeout how long a client may take for one request, and how long a connection may
   *     idle
   * @param routes answers by path
   * @throws IOException if the address cannot be listened at
   */
  public static HttpServer start(
      InetSocketAddress address,
      EventLoopGroup loops,
      Duration requestTimeout,
      Map<String, Supplier<HttpAnswer>> routes)
      throws IOException {
    HttpRoutes handler = new HttpRoutes(routes);
    ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 256)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    if (connections.size() >= MAX_CONNECTIONS) {
                      var _ = channel.close();
                      return;
                    }
                    connections.add(channel);
                    channel
                        .pipeline()
                        .addLast(new HttpServerCodec(MAX_LINE_BYTES, MAX_HEADER_BYTES, 8192))
                        .addLast(new HttpObjectAggregator(MAX_BODY_BYTES, true))
                        .addLast(new HttpConnection(handler, requestTimeout));
                  }
                });
    var bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(bound.cause().getMessage(), bound.cause());
    }
    return new HttpServer(bound.channel(), connections);
  }

  /** The port it listens at. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Stops to listen and closes every connection. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
  }
}

package io.kvasir.offload.store.remote;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateAdapter;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to the server, with a circuit breaker: while it is up there are connections; the first
 * failure takes it down, and nobody waits for the server any more until a thread of its own has
 * connected again. Any thread may call.
 *
 * <pre>
 * UP    a connection ends, a call runs out of time → DOWN; connect at once
 * DOWN  connected → UP; otherwise try again after 100 ms, 200 ms, ... 5 s
 * </pre>
 */
final class RemoteLink implements AutoCloseable {
  /**
   * What an open link consists of. Reads have a connection of their own, so that a record that a
   * request waits for does not queue behind records that are written in the background; and so have
   * probes, whose answers are small and wanted soon.
   */
  record Lines(
      StatefulRedisConnection<byte[], Flight> reads,
      StatefulRedisConnection<byte[], Flight> writes,
      StatefulRedisConnection<byte[], Flight> probes) {
    List<StatefulRedisConnection<byte[], Flight>> all() {
      return List.of(reads, writes, probes);
    }
  }

  private static final Logger log = LoggerFactory.getLogger(RemoteLink.class);
  private static final long RETRY_MILLIS_MIN = 100;
  private static final long RETRY_MILLIS_MAX = 5_000;
  private static final int CLIENT_THREADS = 2;
  private static final int CONNECTIONS = 3;

  private final RedisURI server;
  private final String name;
  private final ClientResources resources;
  private final RedisClient client;
  private final ScheduledExecutorService connector =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("kvasir-remote-connect").factory());
  private final AtomicReference<@Nullable Lines> lines = new AtomicReference<>();
  private final AtomicLong failures = new AtomicLong();
  private volatile String problem = "not connected yet";
  private volatile boolean closed;

  /**
   * Begins to connect and waits for the first attempt; that it fails is logged, no error.
   *
   * @param server with credentials
   * @param timeout of an attempt
   */
  RemoteLink(RedisURI server, Duration timeout) {
    this.server = server;
    name = server.getHost() + ":" + server.getPort();
    server.setTimeout(timeout);
    resources =
        DefaultClientResources.builder()
            .ioThreadPoolSize(CLIENT_THREADS)
            .computationThreadPoolSize(CLIENT_THREADS)
            .build();
    client = RedisClient.create(resources);
    client.setOptions(
        ClientOptions.builder()
            // We reconnect by ourselves, and know at any time whether we are.
            .autoReconnect(false)
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .maintNotificationsConfig(MaintNotificationsConfig.disabled())
            .socketOptions(SocketOptions.builder().connectTimeout(timeout).build())
            .timeoutOptions(TimeoutOptions.create())
            .build());
    connect(RETRY_MILLIS_MIN);
  }

  /** The connections; null while the link is down. */
  @Nullable Lines lines() {
    return lines.get();
  }

  /** For people: which server, and why it is not there. */
  String problem() {
    return name + " is not there: " + problem;
  }

  /** How often the link went down. */
  long failures() {
    return failures.get();
  }

  /** Takes the link down, unless another call did so or it has come back since. */
  void broken(Lines broken, String why) {
    if (lines.compareAndSet(broken, null)) {
      problem = why;
      // Once we are closed, the client ends its connections by itself.
      if (!closed) {
        failures.incrementAndGet();
        closeAll(broken.all());
        log.warn("remote store {}: {}; its tier fails until it is back", name, why);
        connectAfter(0, RETRY_MILLIS_MIN);
      }
    }
  }

  private void connectAfter(long millis, long nextMillis) {
    try {
      var _ = connector.schedule(() -> connect(nextMillis), millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("remote store {}: closed", name, e);
    }
  }

  private void connect(long nextMillis) {
    if (closed) {
      return;
    }
    List<StatefulRedisConnection<byte[], Flight>> made = new ArrayList<>();
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        made.add(client.connect(FlightCodec.INSTANCE, server));
      }
      opened(new Lines(made.get(0), made.get(1), made.get(2)));
    } catch (RuntimeException e) {
      closeAll(made);
      Throwable cause = e.getCause() == null ? e : e.getCause();
      problem = String.valueOf(cause.getMessage());
      log.debug("remote store {}", name, e);
      if (nextMillis == RETRY_MILLIS_MIN) {
        log.warn("remote store {}: cannot connect: {}; trying again", name, problem);
      }
      connectAfter(nextMillis, Math.min(2 * nextMillis, RETRY_MILLIS_MAX));
    }
  }

  private static void closeAll(List<StatefulRedisConnection<byte[], Flight>> connections) {
    for (StatefulRedisConnection<byte[], Flight> connection : connections) {
      var _ = connection.closeAsync();
    }
  }

  private void opened(Lines opened) {
    RedisConnectionStateAdapter watcher =
        new RedisConnectionStateAdapter() {
          @Override
          public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
            broken(opened, "the connection has ended");
          }
        };
    opened.all().forEach(connection -> connection.addListener(watcher));
    lines.set(opened);
    log.info("remote store {}: connected", name);
    if (closed || !opened.all().stream().allMatch(StatefulRedisConnection::isOpen)) {
      // It ended before the watcher was there.
      broken(opened, "the connection has ended");
    }
  }

  /** Ends the connections; calls under way fail. */
  @Override
  public void close() {
    closed = true;
    connector.shutdownNow();
    Lines open = lines.get();
    if (open != null) {
      broken(open, "closed");
    }
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    resources.shutdown(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}

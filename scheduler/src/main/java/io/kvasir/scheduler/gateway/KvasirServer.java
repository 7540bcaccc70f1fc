package io.kvasir.scheduler.gateway;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.kvasir.proto.WireLimits;
import io.kvasir.scheduler.gateway.grpc.ClientServer;
import io.kvasir.scheduler.gateway.grpc.HealthPublisher;
import io.kvasir.scheduler.gateway.grpc.InferenceService;
import io.kvasir.scheduler.gateway.grpc.OperatorService;
import io.kvasir.scheduler.link.GrpcWorkerService;
import io.kvasir.scheduler.link.InProcessLink;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.scheduler.loop.SchedulerLoop;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.ops.MetricsPage;
import io.kvasir.scheduler.ops.TierLog;
import io.kvasir.scheduler.plan.CacheSecret;
import io.kvasir.scheduler.tenant.TenantSettings;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.worker.step.StepEngine;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A whole server: scheduler, worker or a port for one, gRPC and HTTP.
 *
 * <p>{@link #close} drains: health says NOT_SERVING and new requests are refused, those in the
 * system may end for a while, the rest are aborted, and the streams are flushed.
 */
public final class KvasirServer implements AutoCloseable {
  private static final long HEALTH_PERIOD_MILLIS = 50;
  private static final Duration FLUSH_TIME = Duration.ofSeconds(2);
  private static final Duration EMBEDDED_START_TIME = Duration.ofSeconds(30);

  /**
   * Settings of a server.
   *
   * @param host where to listen: a name or an address
   * @param grpcPort of the client API; 0 takes a free one
   * @param httpPort of /health and /metrics; 0 takes a free one
   * @param scheduler settings of the scheduler
   * @param tenants who may do what at the start
   * @param streams bounds of one output stream
   * @param httpRequestTimeout how long an HTTP client may take for one request
   * @param drainTimeout how long requests may go on after {@link #close} was called, and cached
   *     blocks may be copied to a tier that outlives the server
   * @param cacheSecret what prefixes are hashed with; null: a new one
   */
  public record Config(
      String host,
      int grpcPort,
      int httpPort,
      SchedulerConfig scheduler,
      TenantSettings tenants,
      TokenStream.Limits streams,
      Duration httpRequestTimeout,
      Duration drainTimeout,
      @Nullable CacheSecret cacheSecret) {

    /** Free ports on the loopback interface, and otherwise what holds unless configured. */
    public static final Config DEFAULT =
        new Config(
            "127.0.0.1",
            0,
            0,
            SchedulerConfig.DEFAULT,
            TenantSettings.DEFAULT,
            new TokenStream.Limits(4096, Duration.ofSeconds(30)),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            null);

    /** The same with another scheduler. */
    public Config withScheduler(SchedulerConfig scheduler) {
      return new Config(
          host,
          grpcPort,
          httpPort,
          scheduler,
          tenants,
          streams,
          httpRequestTimeout,
          drainTimeout,
          cacheSecret);
    }

    /** The same with other tenants. */
    public Config withTenants(TenantSettings tenants) {
      return new Config(
          host,
          grpcPort,
          httpPort,
          scheduler,
          tenants,
          streams,
          httpRequestTimeout,
          drainTimeout,
          cacheSecret);
    }

    /** The same with other bounds of output streams. */
    public Config withStreams(TokenStream.Limits streams) {
      return new Config(
          host,
          grpcPort,
          httpPort,
          scheduler,
          tenants,
          streams,
          httpRequestTimeout,
          drainTimeout,
          cacheSecret);
    }
  }

  private static final long TIER_LOG_MILLIS = 60_000;

  private final Config config;
  private final PartStack parts = new PartStack();
  private final ServerThreads threads;
  private final Tenants tenants;
  private final ServerHealth health;
  private final HealthPublisher publisher;
  private final SchedulerLoop scheduler;
  private final MetricsPage metrics;
  private int grpcPort;
  private int httpPort;
  private OptionalInt workerPort = OptionalInt.empty();

  private KvasirServer(Config config, ServedModel model) {
    this.config = config;
    this.threads = new ServerThreads();
    this.tenants = new Tenants(config.tenants());
    this.metrics = new MetricsPage(model.name());
    CacheSecret secret = config.cacheSecret();
    this.scheduler =
        new SchedulerLoop(
            config.scheduler(),
            tenants,
            metrics.schedulerEvents(),
            System::nanoTime,
            secret == null ? CacheSecret.random() : secret);
    this.health = new ServerHealth(scheduler::status);
    this.publisher = new HealthPublisher(health);
    metrics.registerStatus(model.blockTokens(), scheduler::status);
  }

  /**
   * Starts a server and, if its worker is embedded, waits until it serves.
   *
   * @throws IOException if a port cannot be listened at; the message names the port and its option
   */
  public static KvasirServer start(Config config, ServedModel model, WorkerSource worker)
      throws IOException {
    KvasirServer server = new KvasirServer(config, model);
    try {
      server.startParts(model, worker);
      return server;
    } catch (IOException | RuntimeException e) {
      server.parts.close();
      throw e;
    }
  }

  private void startParts(ServedModel model, WorkerSource worker) throws IOException {
    if (worker instanceof WorkerSource.Embedded embedded) {
      // Closed last: nothing computes any more then.
      parts.push(embedded.runner());
      if (embedded.tiers() != null) {
        parts.push(embedded.tiers());
      }
    }
    parts.push(threads);
    scheduler.start();
    // Whatever closes the parts below it has drained the scheduler or gives up on it.
    parts.push(() -> scheduler.close(Duration.ZERO));
    grpcPort = startGrpc(model);
    httpPort =
        HttpListener.start(
            new ListenAddress(config.host(), config.httpPort(), "--http-port"),
            threads.loops(),
            config.httpRequestTimeout(),
            () -> HttpListener.health(health.state(), model.name()),
            metrics,
            parts);
    switch (worker) {
      case WorkerSource.Embedded embedded -> startEmbedded(embedded);
      case WorkerSource.Remote remote -> workerPort = OptionalInt.of(startWorkerPort(remote));
    }
    repeat(publisher::publish, HEALTH_PERIOD_MILLIS);
    repeat(new TierLog(scheduler::status)::write, TIER_LOG_MILLIS);
    if (worker instanceof WorkerSource.Embedded) {
      awaitServing();
    }
  }

  private void repeat(Runnable task, long periodMillis) {
    Future<?> repeated =
        threads.loops().next().scheduleAtFixedRate(task, 0, periodMillis, TimeUnit.MILLISECONDS);
    parts.push(() -> repeated.cancel(false));
  }

  private int startGrpc(ServedModel model) throws IOException {
    RequestValidator validator =
        new RequestValidator(
            model,
            () -> UUID.randomUUID().toString(),
            () -> ThreadLocalRandom.current().nextLong(),
            tenants);
    InferenceService inference =
        new InferenceService(
            model,
            scheduler,
            validator,
            config.streams(),
            metrics,
            new InferenceService.Threads(
                threads.prompts(), threads::currentLoop, System::nanoTime));
    OperatorService operator =
        new OperatorService(scheduler, () -> health.state().reason(), tenants, System::nanoTime);
    ListenAddress at = new ListenAddress(config.host(), config.grpcPort(), "--grpc-port");
    Server server =
        ClientServer.build(
            at.resolve(), threads.loops(), List.of(inference, operator, publisher.service()));
    return GrpcListener.start(server, at, FLUSH_TIME, parts);
  }

  private void startEmbedded(WorkerSource.Embedded embedded) {
    StepEngine engine = new StepEngine(embedded.runner(), embedded.maxRequests(), embedded.tiers());
    parts.push(InProcessLink.connect(engine, "embedded", scheduler));
  }

  private int startWorkerPort(WorkerSource.Remote remote) throws IOException {
    // A port of its own: workers may send far larger messages than clients, and clients have no
    // business here.
    ListenAddress at = new ListenAddress(config.host(), remote.port(), "--worker-port");
    Server server =
        GrpcWorkerService.withKeepAlive(NettyServerBuilder.forAddress(at.resolve()))
            .maxInboundMessageSize(WireLimits.MAX_WORKER_MESSAGE_BYTES)
            .addService(new GrpcWorkerService(scheduler))
            .build();
    return GrpcListener.start(server, at, Duration.ZERO, parts);
  }

  private void awaitServing() throws IOException {
    boolean serving;
    try {
      serving = publisher.firstServing().await(EMBEDDED_START_TIME.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the worker started", e);
    }
    if (!serving) {
      throw new IOException("the worker did not start: " + health.state().reason());
    }
  }

  /** The port of the client API. */
  public int grpcPort() {
    return grpcPort;
  }

  /** The port of /health and /metrics. */
  public int httpPort() {
    return httpPort;
  }

  /** The port workers connect to, if the worker is remote. */
  public OptionalInt workerPort() {
    return workerPort;
  }

  /** The scheduler's state, as published last. */
  public SchedulerStatus status() {
    return scheduler.status();
  }

  /** Drains and stops. Blocks until that is done; may be called again. */
  @Override
  public void close() {
    if (health.startDraining()) {
      publisher.end();
      scheduler.close(config.drainTimeout());
    }
    parts.close();
  }
}

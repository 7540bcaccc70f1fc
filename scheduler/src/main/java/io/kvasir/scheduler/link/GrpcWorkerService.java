package io.kvasir.scheduler.link;

import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.kvasir.v1.SchedulerMessage;
import io.kvasir.v1.WorkerControlGrpc.WorkerControlImplBase;
import io.kvasir.v1.WorkerMessage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Lets workers in, one at a time: each stream is a {@link GrpcWorkerLink} that the listener hears
 * of. Thread-safe.
 */
public final class GrpcWorkerService extends WorkerControlImplBase {
  /** Silence after which a peer is probed. */
  public static final Duration KEEP_ALIVE_TIME = Duration.ofSeconds(10);

  /** Time a worker has for its hello. */
  public static final Duration HELLO_TIMEOUT = Duration.ofSeconds(10);

  /** Time a peer has to answer a probe. */
  public static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(5);

  private final WorkerLink.Listener listener;
  private final Duration helloTimeout;
  private final AtomicReference<GrpcWorkerLink> occupant = new AtomicReference<>();

  /**
   * @param listener decides who may serve, hears of results and losses
   */
  public GrpcWorkerService(WorkerLink.Listener listener) {
    this(listener, HELLO_TIMEOUT);
  }

  /**
   * @param listener decides who may serve, hears of results and losses
   * @param helloTimeout time a worker has for its hello
   */
  GrpcWorkerService(WorkerLink.Listener listener, Duration helloTimeout) {
    this.listener = listener;
    this.helloTimeout = helloTimeout;
  }

  /** Lets a server notice a dead peer within 15 s, and lets workers probe it as often. */
  public static NettyServerBuilder withKeepAlive(NettyServerBuilder server) {
    return server
        .keepAliveTime(KEEP_ALIVE_TIME.toNanos(), TimeUnit.NANOSECONDS)
        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)
        .permitKeepAliveTime(KEEP_ALIVE_TIME.toNanos() / 2, TimeUnit.NANOSECONDS)
        .permitKeepAliveWithoutCalls(true);
  }

  @Override
  public StreamObserver<WorkerMessage> connect(StreamObserver<SchedulerMessage> outbound) {
    GrpcWorkerLink link = new GrpcWorkerLink(this, listener, outbound);
    // With a handler, writing to a stream that was just cancelled is harmless instead of an error.
    ((ServerCallStreamObserver<SchedulerMessage>) outbound).setOnCancelHandler(link::onCancelled);
    CompletableFuture.delayedExecutor(helloTimeout.toNanos(), TimeUnit.NANOSECONDS, Runnable::run)
        .execute(() -> link.expectHelloWithin(helloTimeout));
    return link;
  }

  /** Takes the one place, if it is free; returns who holds it now. */
  GrpcWorkerLink occupy(GrpcWorkerLink link) {
    GrpcWorkerLink holder = occupant.compareAndExchange(null, link);
    return holder == null ? link : holder;
  }

  /** Gives the place back if this link holds it. */
  void vacate(GrpcWorkerLink link) {
    occupant.compareAndSet(link, null);
  }
}

package io.kvasir.worker.link;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.kvasir.proto.WireLimits;
import io.kvasir.v1.WorkerControlGrpc;
import io.kvasir.worker.step.StepEngine;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one step engine to a scheduler elsewhere: connects, executes its plans, and when the
 * connection is lost forgets all requests and connects again, for ever. {@link #run} owns the
 * engine and all state; only {@link #close} is for other threads.
 */
public final class SchedulerLink implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SchedulerLink.class);

  private static final Status CLOSING = Status.CANCELLED.withDescription("the worker closes");

  private final SchedulerLinkConfig config;
  private final StepEngine engine;
  private final Backoff backoff;
  private final CompletableFuture<Void> closing = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private volatile LinkState state = LinkState.CONNECTING;
  private volatile @Nullable WorkerStream current;
  private String lastTrouble = "";
  private long occupiedNanos;

  /**
   * @param engine executes; the link's alone until {@link #run} returned
   * @param random spreads the waits between tries
   */
  public SchedulerLink(SchedulerLinkConfig config, StepEngine engine, RandomGenerator random) {
    this.config = config;
    this.engine = engine;
    this.backoff = new Backoff(config.minBackoff(), config.maxBackoff(), random);
  }

  /** What the link is doing. Any thread. */
  public LinkState state() {
    return state;
  }

  /** Works until closed or refused for good. Called once. */
  public LinkEnd run() throws InterruptedException {
    log.info("worker {} connects to {}", config.workerId(), config.target());
    try {
      while (true) {
        LinkEnd end = next(serve());
        if (end != null) {
          return end;
        }
        state = state.to(LinkState.CONNECTING);
      }
    } finally {
      state = LinkState.CLOSED;
      ended.complete(null);
    }
  }

  /**
   * Ends {@link #run} after the step it is in and waits for that. Any thread but run's; run must
   * have been called or be about to be.
   */
  @Override
  public void close() {
    closing.complete(null);
    WorkerStream stream = current;
    if (stream != null) {
      stream.end(CLOSING);
    }
    ended.join();
  }

  /* Returns why it is over, or null after a wait to try again. */
  private @Nullable LinkEnd next(Outcome outcome) throws InterruptedException {
    if (closing.isDone()) {
      log.info("worker {} is closed", config.workerId());
      return new LinkEnd.Closed();
    }
    if (!outcome.loopFailure().isEmpty()) {
      return new LinkEnd.Failed(outcome.loopFailure());
    }
    String trouble = describe(outcome.status());
    if (!outcome.served() && refusesForGood(outcome.status())) {
      return new LinkEnd.Refused(trouble);
    }
    boolean occupied = outcome.status().getCode() == Status.Code.ALREADY_EXISTS;
    if (occupied && occupiedNanos >= config.occupiedPatience().toNanos()) {
      return new LinkEnd.Refused(trouble);
    }
    state = state.to(LinkState.WAITING);
    if (outcome.served() || !trouble.equals(lastTrouble)) {
      log.warn("{} {}; trying again", outcome.served() ? "lost" : "cannot reach", trouble);
      lastTrouble = trouble;
    }
    long wait = backoff.nextNanos();
    occupiedNanos = occupied ? occupiedNanos + wait : 0;
    return closedWithin(wait) ? new LinkEnd.Closed() : null;
  }

  /* One connection, from hello to its end. */
  private Outcome serve() throws InterruptedException {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(config.host(), config.port())
            .usePlaintext()
            .directExecutor()
            .maxInboundMessageSize(WireLimits.MAX_WORKER_MESSAGE_BYTES)
            .keepAliveTime(config.keepAliveTime().toNanos(), TimeUnit.NANOSECONDS)
            .keepAliveTimeout(config.keepAliveTimeout().toNanos(), TimeUnit.NANOSECONDS)
            .build();
    try {
      WorkerStream stream =
          new WorkerStream(WorkerControlGrpc.newStub(channel), engine, config.workerId());
      current = stream;
      if (closing.isDone()) {
        stream.end(CLOSING);
      }
      boolean served = awaitWelcome(stream);
      Status status = stream.decided().join();
      if (served) {
        state = state.to(LinkState.LEAVING);
      }
      stream.close();
      return new Outcome(status, served, stream.loopFailure());
    } finally {
      current = null;
      engine.reset();
      channel.shutdownNow();
      channel.awaitTermination(1, TimeUnit.SECONDS);
    }
  }

  private boolean awaitWelcome(WorkerStream stream) throws InterruptedException {
    try {
      CompletableFuture.anyOf(stream.welcomed(), stream.decided())
          .get(config.handshakeTimeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      stream.end(
          Status.DEADLINE_EXCEEDED.withDescription(
              "no welcome within " + config.handshakeTimeout().toMillis() + " ms"));
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    if (!stream.welcomed().isDone()) {
      return false;
    }
    state = state.to(LinkState.SERVING);
    backoff.reset();
    lastTrouble = "";
    log.info("worker {} serves {}", config.workerId(), config.target());
    return true;
  }

  private boolean closedWithin(long nanos) throws InterruptedException {
    try {
      closing.get(nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private String describe(Status status) {
    String reason = status.getDescription();
    Throwable cause = status.getCause();
    return "scheduler "
        + config.target()
        + ": "
        + status.getCode()
        + (reason == null ? "" : ": " + reason)
        + (cause == null || cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")");
  }

  private static boolean refusesForGood(Status status) {
    return switch (status.getCode()) {
      case FAILED_PRECONDITION, UNIMPLEMENTED, INVALID_ARGUMENT -> true;
      case UNAUTHENTICATED, PERMISSION_DENIED -> true;
      case OK, CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, NOT_FOUND, ALREADY_EXISTS -> false;
      case RESOURCE_EXHAUSTED, ABORTED, OUT_OF_RANGE, INTERNAL, UNAVAILABLE, DATA_LOSS -> false;
    };
  }

  /* How a connection ended. */
  private record Outcome(Status status, boolean served, String loopFailure) {}
}

package io.kvasir.loadtest.live;

import io.grpc.Channel;
import io.kvasir.loadtest.report.RunRecorder;
import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.ArrivalStream;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.InferenceGrpc;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Sends each arrival at its intended time, whatever became of those before. {@link #run} and {@link
 * #drain} belong to one thread; {@link #stop} may come from any.
 */
final class OpenLoopClient {
  private final List<InferenceGrpc.InferenceStub> stubs;
  private final RequestCodec codec;
  private final Recorders recorders;
  private final DriverClock clock;
  private final Completion.Listener listener;
  private final int maxOutstanding;
  private final Semaphore free;
  private final Set<GenerationCall> outstanding = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped;
  private volatile @Nullable Thread sender;
  private long startNanos;

  /**
   * A client about to run.
   *
   * @param channels used in turn
   * @param codec makes the messages
   * @param recorders measure
   * @param clock tells the time
   * @param maxOutstanding a request beyond this many is dropped, and counted
   * @param listener is told of every request that is over
   */
  OpenLoopClient(
      List<? extends Channel> channels,
      RequestCodec codec,
      Recorders recorders,
      DriverClock clock,
      int maxOutstanding,
      Completion.Listener listener) {
    stubs = channels.stream().map(InferenceGrpc::newStub).toList();
    this.codec = codec;
    this.recorders = recorders;
    this.clock = clock;
    this.maxOutstanding = maxOutstanding;
    this.listener = listener;
    free = new Semaphore(maxOutstanding);
  }

  /**
   * Sends every arrival, or as many as come before {@link #stop}, without waiting for answers.
   *
   * @return when the last one was sent, nanoseconds from the start of the run
   */
  long run(ArrivalStream arrivals) {
    sender = Thread.currentThread();
    startNanos = clock.nanos();
    while (!stopped && arrivals.hasNext()) {
      Arrival arrival = arrivals.next();
      // Made before it is due, so that a long prompt does not make its own request late.
      GenerateRequest request = codec.encode(arrival);
      waitUntil(arrival.offsetNanos());
      if (!stopped) {
        send(arrival, request);
      }
    }
    return elapsed();
  }

  /**
   * Waits until every request is over, and gives up on those that are not.
   *
   * @param limit longest wait
   */
  void drain(Duration limit) {
    try {
      if (stopped || !free.tryAcquire(maxOutstanding, limit.toNanos(), TimeUnit.NANOSECONDS)) {
        outstanding.forEach(GenerationCall::giveUp);
        free.acquire(maxOutstanding);
      }
    } catch (InterruptedException e) {
      outstanding.forEach(GenerationCall::giveUp);
      Thread.currentThread().interrupt();
    }
  }

  /** Sends nothing more and gives up on what is outstanding. */
  void stop() {
    stopped = true;
    LockSupport.unpark(sender);
    outstanding.forEach(GenerationCall::giveUp);
  }

  /** Whether {@link #stop} was called. */
  boolean stopped() {
    return stopped;
  }

  private long elapsed() {
    return clock.nanos() - startNanos;
  }

  private void waitUntil(long offsetNanos) {
    long left = offsetNanos - elapsed();
    while (left > 0 && !stopped) {
      clock.park(left);
      left = offsetNanos - elapsed();
    }
  }

  private void send(Arrival arrival, GenerateRequest request) {
    RunRecorder recorder = recorders.of(arrival);
    if (!free.tryAcquire()) {
      recorder.dropped(arrival.tenant());
      return;
    }
    GenerationCall[] self = new GenerationCall[1];
    GenerationCall call =
        new GenerationCall(
            arrival,
            recorder,
            this::elapsed,
            completion -> {
              outstanding.remove(self[0]);
              listener.completed(completion);
              free.release();
            });
    self[0] = call;
    outstanding.add(call);
    long now = elapsed();
    recorder.sent(arrival.tenant(), now, Math.max(0, now - arrival.offsetNanos()));
    stubs.get((int) (arrival.index() % stubs.size())).generate(request, call);
  }
}

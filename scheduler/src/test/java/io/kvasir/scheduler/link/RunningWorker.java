package io.kvasir.scheduler.link;

import io.kvasir.worker.link.LinkEnd;
import io.kvasir.worker.link.LinkState;
import io.kvasir.worker.link.SchedulerLink;
import io.kvasir.worker.link.SchedulerLinkConfig;
import io.kvasir.worker.step.StepEngine;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** A whole worker on a thread of its own, connected through a real socket. */
final class RunningWorker implements AutoCloseable {
  final GatedRunner runner = new GatedRunner();
  private final SchedulerLink link;
  private final CompletableFuture<LinkEnd> end = new CompletableFuture<>();

  private RunningWorker(int port, String workerId, Duration patience) {
    SchedulerLinkConfig usual = SchedulerLinkConfig.of("127.0.0.1", port, workerId);
    SchedulerLinkConfig quick =
        new SchedulerLinkConfig(
            usual.host(),
            port,
            workerId,
            Duration.ofMillis(1),
            Duration.ofMillis(20),
            usual.handshakeTimeout(),
            patience,
            usual.keepAliveTime(),
            usual.keepAliveTimeout());
    link =
        new SchedulerLink(quick, new StepEngine(runner, GatedRunner.MAX_REQUESTS), new Random(1));
    Thread.ofPlatform().name(workerId + "-link").daemon(true).start(this::run);
  }

  static RunningWorker start(int port, String workerId) {
    return new RunningWorker(port, workerId, Duration.ofMinutes(1));
  }

  static RunningWorker impatient(int port, String workerId) {
    return new RunningWorker(port, workerId, Duration.ofMillis(50));
  }

  /** Waits for the end of the worker. */
  LinkEnd end() {
    return end.join();
  }

  /** Waits until the link takes no more plans. */
  void awaitLeaving() {
    while (link.state() != LinkState.LEAVING) {
      Thread.onSpinWait();
    }
  }

  private void run() {
    try {
      end.complete(link.run());
    } catch (InterruptedException | RuntimeException e) {
      end.completeExceptionally(e);
    }
  }

  /** Closes the link and waits for its end. */
  void leave() {
    link.close();
  }

  @Override
  public void close() {
    runner.open();
    link.close();
    end.join();
    runner.close();
  }
}

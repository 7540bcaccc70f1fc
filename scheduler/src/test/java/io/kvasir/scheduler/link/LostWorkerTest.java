package io.kvasir.scheduler.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.worker.link.LinkEnd;
import io.kvasir.worker.step.StepResult;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker and its scheduler lose each other, over real sockets, and find each other again. */
@Timeout(60)
final class LostWorkerTest {
  private static final Duration PATIENT = Duration.ofSeconds(10);

  private final RecordingListener heard = new RecordingListener();

  @Test
  void workerCutOffInTheMiddleOfAStepComesBackWithNothing() throws Exception {
    try (WorkerPort port = WorkerPort.open(heard);
        TcpRelay relay = new TcpRelay(port.port());
        RunningWorker worker = RunningWorker.start(relay.port(), "w")) {
      WorkerLink link = heard.connected.take();
      LinkScript.generate(link, heard, 6);
      worker.runner.shut();
      link.submit(LinkScript.start(7, 2));
      worker.runner.awaitStep();
      relay.cut();
      assertThat(heard.lost.take()).isEqualTo("the stream broke");
      link.submit(LinkScript.start(8, 3));
      worker.runner.open();

      WorkerLink again = heard.connected.take();
      assertThat(again).isNotSameAs(link);
      LinkScript.generate(again, heard, 6);
      assertThat(heard.results).isEmpty();
      assertThat(heard.lost).isEmpty();
    }
  }

  /** Takes the 10 s that gRPC waits at least before it probes a silent peer. */
  @Test
  void silenceIsNoticedWithoutTraffic() throws Exception {
    GrpcWorkerService service = new GrpcWorkerService(heard);
    try (WorkerPort port = WorkerPort.open(0, service, Duration.ofMillis(50));
        TcpRelay relay = new TcpRelay(port.port());
        RunningWorker worker = RunningWorker.start(relay.port(), "w")) {
      LinkScript.generate(heard.connected.take(), heard, 3);
      relay.silence();
      assertThat(heard.lost.take()).isEqualTo("the stream broke");
      relay.cut();
      assertThat(worker.runner.blockCount()).isPositive();
    }
  }

  @Test
  void workerFindsASchedulerThatStartsAgain() throws Exception {
    WorkerPort first = WorkerPort.open(heard);
    int number = first.port();
    try (RunningWorker worker = RunningWorker.start(number, "w")) {
      LinkScript.generate(heard.connected.take(), heard, 3);
      first.close();
      assertThat(heard.lost.take()).isEqualTo("the stream broke");
      try (WorkerPort second = WorkerPort.open(number, new GrpcWorkerService(heard), PATIENT)) {
        LinkScript.generate(heard.connected.take(), heard, 3);
        worker.leave();
        assertThat(heard.lost.take()).isEqualTo("the worker closed the stream");
        assertThat(second.port()).isEqualTo(number);
      }
    }
  }

  @Test
  void closedWorkerLeavesAfterItsStep() throws Exception {
    try (WorkerPort port = WorkerPort.open(heard)) {
      try (RunningWorker worker = RunningWorker.start(port.port(), "w")) {
        worker.runner.shut();
        heard.connected.take().submit(LinkScript.start(1, 0));
        worker.runner.awaitStep();
      }
      assertThat(heard.results.take().failed()).isFalse();
      assertThat(heard.lost.take()).isEqualTo("the worker closed the stream");
    }
  }

  @Test
  void floodedWorkerDropsTheStreamAndComesBack() throws Exception {
    try (WorkerPort port = WorkerPort.open(heard);
        RunningWorker worker = RunningWorker.start(port.port(), "w")) {
      WorkerLink link = heard.connected.take();
      worker.runner.shut();
      link.submit(LinkScript.start(1, 0));
      worker.runner.awaitStep();
      for (int step = 2; step <= 6; step++) {
        link.submit(LinkScript.start(step, step % 3 + 1));
      }
      worker.awaitLeaving();
      worker.runner.open();
      assertThat(heard.lost.take()).isEqualTo("the worker closed the stream");
      heard.results.clear();
      LinkScript.generate(heard.connected.take(), heard, 3);
    }
  }

  @Test
  void workerThatBreaksDownSaysWhy() throws Exception {
    try (WorkerPort port = WorkerPort.open(heard);
        RunningWorker worker = RunningWorker.start(port.port(), "w")) {
      worker.runner.error = new StackOverflowError("too deep");
      heard.connected.take().submit(LinkScript.start(1, 0));
      String reason = "step 1 failed: java.lang.StackOverflowError: too deep";
      assertThat(heard.results.take().failure()).isEqualTo(reason);
      assertThat(heard.lost.take()).isEqualTo("the worker closed the stream");
      assertThat(worker.end()).isEqualTo(new LinkEnd.Failed(reason));
    }
  }

  @Test
  void misfitIsRefusedForGood() throws Exception {
    heard.refusal = "geometry.block_tokens: is 4, the scheduler has 16";
    try (WorkerPort port = WorkerPort.open(heard);
        RunningWorker worker = RunningWorker.start(port.port(), "w")) {
      assertThat(worker.end())
          .isEqualTo(
              new LinkEnd.Refused(
                  "scheduler 127.0.0.1:%d: FAILED_PRECONDITION: %s"
                      .formatted(port.port(), heard.refusal)));
    }
  }

  @Test
  void secondWorkerWaitsForThePlaceOfTheFirst() throws Exception {
    try (WorkerPort port = WorkerPort.open(heard)) {
      RunningWorker first = RunningWorker.start(port.port(), "first");
      assertThat(heard.connected.take().info().workerId()).isEqualTo("first");
      try (RunningWorker second = RunningWorker.start(port.port(), "second");
          RunningWorker impatient = RunningWorker.impatient(port.port(), "third")) {
        assertThat(impatient.end())
            .isEqualTo(
                new LinkEnd.Refused(
                    "scheduler 127.0.0.1:%d: ALREADY_EXISTS: worker first is connected already"
                        .formatted(port.port())));
        assertThat(heard.connected).isEmpty();
        first.close();
        WorkerLink link = heard.connected.take();
        assertThat(link.info().workerId()).isEqualTo("second");
        LinkScript.generate(link, heard, 3);
        assertThat(second.runner.blockCount()).isPositive();
      }
    }
  }

  /** Or the next worker would find the place free, but the one before still known. */
  @Test
  void placeIsFreeOnlyAfterTheLossWasHeardOf() throws Exception {
    CompletableFuture<GrpcWorkerService> service = new CompletableFuture<>();
    CompletableFuture<WorkerLink> holder = new CompletableFuture<>();
    try (RawWorker next = new RawWorker(1)) {
      WorkerLink.Listener listener =
          new WorkerLink.Listener() {
            @Override
            public String onConnected(WorkerLink link) {
              return heard.onConnected(link);
            }

            @Override
            public void onResult(WorkerLink link, StepResult result) {}

            @Override
            public void onCopied(WorkerLink link, CopyResult result) {}

            @Override
            public void onInventory(WorkerLink link, List<StoredBlock> blocks) {}

            @Override
            public void onLost(WorkerLink link, String reason) {
              GrpcWorkerService places = service.join();
              holder.complete(places.occupy(new GrpcWorkerLink(places, this, next)));
            }
          };
      service.complete(new GrpcWorkerService(listener));
      try (WorkerPort port = WorkerPort.open(0, service.join(), PATIENT);
          RawWorker worker = new RawWorker(port.port())) {
        worker.say(RawWorker.hello("w"));
        WorkerLink link = heard.connected.take();
        worker.complete();
        assertThat(holder.join()).isSameAs(link);
      }
    }
  }

  @Test
  void serverThatKnowsNoWorkersIsRefusedForGood() throws Exception {
    Server server = NettyServerBuilder.forPort(0).build().start();
    try (RunningWorker worker = RunningWorker.start(server.getPort(), "w")) {
      assertThat(worker.end())
          .isEqualTo(
              new LinkEnd.Refused(
                  "scheduler 127.0.0.1:%d: UNIMPLEMENTED: Method not found: %s"
                      .formatted(server.getPort(), "kvasir.v1.WorkerControl/Connect")));
    } finally {
      server.shutdownNow();
    }
  }
}

package io.kvasir.scheduler.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.proto.WireLimits;
import io.kvasir.v1.SchedulerMessage;
import io.kvasir.v1.StepResult;
import io.kvasir.v1.WorkerMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each rule that a worker breaks is named once, and the next worker is served. */
@Timeout(60)
final class MisbehavingWorkerTest {
  private final RecordingListener heard = new RecordingListener();
  private WorkerPort port;

  @BeforeEach
  void open() throws IOException {
    port = WorkerPort.open(heard);
  }

  @AfterEach
  void nextWorkerIsServed() throws Exception {
    heard.refusal = "";
    heard.connected.clear();
    heard.results.clear();
    try (RunningWorker worker = RunningWorker.start(port.port(), "next")) {
      LinkScript.generate(heard.connected.take(), heard, 5);
      assertThat(worker.runner.blockCount()).isPositive();
    }
    port.close();
  }

  @Test
  void resultBeforeHello() {
    refused("INVALID_ARGUMENT: hello: must be the first message", RawWorker.result(1));
    assertThat(heard.lost).isEmpty();
  }

  @Test
  void emptyMessage() {
    try (RawWorker worker = new RawWorker(port.port())) {
      worker.say(WorkerMessage.getDefaultInstance());
      assertThat(worker.end()).isEqualTo("INVALID_ARGUMENT: message: not set or unknown");
    }
  }

  @Test
  void helloTwice() throws Exception {
    try (RawWorker worker = connected()) {
      worker.say(RawWorker.hello("w"));
      assertThat(worker.end()).isEqualTo("INVALID_ARGUMENT: hello: said twice");
      assertThat(heard.lost.take()).isEqualTo("hello: said twice");
    }
  }

  @Test
  void anotherProtocolVersion() {
    try (RawWorker worker = new RawWorker(port.port())) {
      worker.say(RawWorker.hello("w").setProtocolVersion(2));
      assertThat(worker.end())
          .isEqualTo("FAILED_PRECONDITION: hello.protocol_version: is 2, must be 1");
    }
  }

  @Test
  void helloBeyondALimit() {
    try (RawWorker worker = new RawWorker(port.port())) {
      worker.say(RawWorker.hello("w").setBlockCount(0));
      assertThat(worker.end())
          .isEqualTo("INVALID_ARGUMENT: hello.block_count: is 0, must be 1 to 16777216");
    }
  }

  @Test
  void misfit() {
    heard.refusal = "model_fingerprint differs";
    try (RawWorker worker = new RawWorker(port.port())) {
      worker.say(RawWorker.hello("w"));
      assertThat(worker.end()).isEqualTo("FAILED_PRECONDITION: model_fingerprint differs");
      assertThat(worker.heard).isEmpty();
      assertThat(heard.lost).isEmpty();
    }
  }

  @Test
  void secondWorker() throws Exception {
    try (RawWorker first = connected();
        RawWorker second = new RawWorker(port.port())) {
      second.say(RawWorker.hello("second"));
      assertThat(second.end()).isEqualTo("ALREADY_EXISTS: worker w is connected already");
      assertThat(heard.connected).isEmpty();
      assertThat(heard.lost).isEmpty();
      first.complete();
      assertThat(first.end()).isEqualTo("OK: null");
      assertThat(heard.lost.take()).isEqualTo("the worker closed the stream");
    }
  }

  @Test
  void resultsThatAnswerNoPlan() throws Exception {
    broken("step_result.step_id: is 1, but no step is outstanding", 0, RawWorker.result(1));
    broken("step_result.step_id: is 2, but step 1 is next", 2, RawWorker.result(2, 1));
    broken("step_result.step_id: is 0, must be 1 to 2^63-1", 1, RawWorker.result(0));
    broken(
        "step_result.tokens[0].slot: is 3, but the plan has slot 0 here",
        1,
        RawWorker.result(1, 3));
    broken("step_result.tokens[0].slot: is 4096, must be 0 to 4095", 1, RawWorker.result(1, 4096));
    broken("step_result.tokens: has 0 entries, slot 0 is missing", 1, RawWorker.result(1));
    broken("step_result.tokens: is 2, but step 1 samples 1", 1, RawWorker.result(1, 0, 0));
    StepResult.Builder foreign = RawWorker.result(1, 0);
    foreign.getTokensBuilder(0).setTokenId(GatedRunner.VOCABULARY);
    broken("step_result.tokens[0].token_id: is 90, but the vocabulary has 90", 1, foreign);
    StepResult.Builder chatty = RawWorker.result(1, 0);
    for (int i = 0; i < 3; i++) {
      chatty.getTokensBuilder(0).addCandidatesBuilder();
    }
    broken("step_result.tokens[0].candidates: is 3, but 2 were asked for", 1, chatty);
  }

  @Test
  void messageThatIsTooLarge() throws Exception {
    try (RawWorker worker = connected()) {
      worker.say(failure("x".repeat(WireLimits.MAX_WORKER_REPLY_BYTES)));
      assertThat(worker.end())
          .isEqualTo("RESOURCE_EXHAUSTED: message: has 4194316 bytes, limit 4194304");
      assertThat(heard.lost.take()).isEqualTo("message: has 4194316 bytes, limit 4194304");
    }
  }

  @Test
  void messageBeyondWhatTheTransportTakes() throws Exception {
    StepResult.Builder huge = failure("x".repeat(WireLimits.MAX_WORKER_MESSAGE_BYTES));
    refused("RESOURCE_EXHAUSTED: gRPC message exceeds maximum size 67108864: 67108876", huge);
  }

  private static StepResult.Builder failure(String failure) {
    return StepResult.newBuilder().setStepId(1).setFailure(failure);
  }

  @Test
  void silentWorker() throws Exception {
    GrpcWorkerService hasty = new GrpcWorkerService(heard, Duration.ofMillis(20));
    try (WorkerPort quick = WorkerPort.open(0, hasty, Duration.ofSeconds(10));
        RawWorker worker = new RawWorker(quick.port())) {
      assertThat(worker.end()).isEqualTo("DEADLINE_EXCEEDED: hello: not said within 20 ms");
    }
  }

  @Test
  void workerThatCancels() throws Exception {
    try (RawWorker worker = connected()) {
      worker.cancel();
      assertThat(heard.lost.take()).isEqualTo("the stream broke");
    }
  }

  @Test
  void peerThatDoesNotSpeakTheProtocol() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.port())) {
      OutputStream out = socket.getOutputStream();
      out.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      assertThat(socket.getInputStream().readAllBytes()).isNotNull();
    }
  }

  @Test
  void linkClosedFromThisSide() throws Exception {
    try (RawWorker worker = new RawWorker(port.port())) {
      worker.say(RawWorker.hello("w"));
      WorkerLink link = heard.connected.take();
      link.close("the scheduler stops");
      link.close("again");
      link.submit(LinkScript.start(1, 0));
      assertThat(worker.end()).isEqualTo("UNAVAILABLE: the scheduler stops");
      assertThat(heard.lost.take()).isEqualTo("the scheduler stops");
      assertThat(heard.lost).isEmpty();
    }
  }

  private RawWorker connected() throws InterruptedException {
    RawWorker worker = new RawWorker(port.port());
    worker.say(RawWorker.hello("w"));
    assertThat(worker.heard.take().hasWelcome()).isTrue();
    assertThat(heard.connected.take().info().workerId()).isEqualTo("w");
    return worker;
  }

  private void refused(String status, StepResult.Builder result) {
    try (RawWorker worker = new RawWorker(port.port())) {
      worker.say(result);
      assertThat(worker.end()).isEqualTo(status);
    }
  }

  /* Answers so many plans with this result. */
  private void broken(String reason, int plans, StepResult.Builder result) throws Exception {
    try (RawWorker worker = new RawWorker(port.port())) {
      worker.say(RawWorker.hello("w"));
      assertThat(worker.heard.take().hasWelcome()).isTrue();
      WorkerLink link = heard.connected.take();
      for (int i = 0; i < plans; i++) {
        link.submit(LinkScript.start(i + 1, i));
        SchedulerMessage plan = worker.heard.take();
        assertThat(plan.getStepPlan().getStepId()).isEqualTo(i + 1);
      }
      worker.say(result);
      assertThat(worker.end()).isEqualTo("INVALID_ARGUMENT: " + reason);
      assertThat(heard.lost.take()).isEqualTo(reason);
      assertThat(heard.results).isEmpty();
    }
  }
}

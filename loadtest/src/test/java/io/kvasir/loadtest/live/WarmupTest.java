package io.kvasir.loadtest.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.grpc.stub.StreamObserver;
import io.kvasir.loadtest.report.LoadReport;
import io.kvasir.loadtest.report.TestRuns;
import io.kvasir.loadtest.report.Warmup;
import io.kvasir.loadtest.workload.TokenSource;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.GenerateResponse;
import io.kvasir.v1.StopConditions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which requests count, with time in the test's hands. */
@Timeout(30)
final class WarmupTest {
  private static final long MILLI = 1_000_000;
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final GenerateRequest ONE_TOKEN =
      GenerateRequest.newBuilder().setStop(StopConditions.newBuilder().setMaxTokens(1)).build();

  private final ManualClock clock = new ManualClock();
  private final Recorders recorders = new Recorders(Duration.ofMillis(20), List.of());
  private final BlockingQueue<Completion> completions = new LinkedBlockingQueue<>();

  @Test
  void requestsOfTheWarmUpAreSentAndDoNotCountHoweverLateTheyEnd() throws Exception {
    BlockingQueue<StreamObserver<GenerateResponse>> stalled = new LinkedBlockingQueue<>();
    List<StreamObserver<GenerateResponse>> kept = new ArrayList<>();
    try (ScriptedServer server = new ScriptedServer((request, stream) -> stalled.add(stream));
        TargetServer target = new TargetServer(server.address())) {
      OpenLoopClient client = client(target);
      Thread driver = start(client, 5);
      for (int i = 0; i < 5; i++) {
        kept.add(stalled.take());
        if (i < 4) {
          clock.advanceWhenParked(10 * MILLI);
        }
      }
      driver.join();
      clock.advance(980 * MILLI);
      kept.forEach(stream -> ScriptedServer.answerAll(ONE_TOKEN, stream));
      client.drain(LONG);
    }
    // Sent at 0, 10 … 40 ms, the third at the very end of the warm-up; answered at 1,020 ms.
    LoadReport report = report();
    assertThat(recorders.told()).isEqualTo(new Warmup(0.02, 2));
    assertThat(completions).hasSize(5);
    assertThat(report.total().sent()).isEqualTo(3);
    assertThat(report.total().ok()).isEqualTo(3);
    assertThat(report.total().ttft().maxMillis()).isCloseTo(1000, within(1.0));
    assertThat(report.seconds()).isEqualTo(1);
    assertThat(report.total().tokensPerSecond()).isEqualTo(3);
  }

  @Test
  void aRequestOfTheWarmUpThatIsSentLateDoesNotCountEither() throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer::answerAll);
        TargetServer target = new TargetServer(server.address())) {
      OpenLoopClient client = client(target);
      Thread driver = start(client, 2);
      clock.advanceWhenParked(500 * MILLI);
      driver.join();
      client.drain(LONG);
    }
    assertThat(recorders.told().requests()).isEqualTo(2);
    assertThat(report().total().sent()).isZero();
    assertThat(report().sendLag().count()).isZero();
  }

  @Test
  void aRunThatEndsWithinItsWarmUpMeasuresNothing() {
    LoadReport report = recorders.run().report(TestRuns.info(), 10 * MILLI);
    assertThat(report.seconds()).isZero();
    assertThat(report.total().tokensPerSecond()).isZero();
  }

  private OpenLoopClient client(TargetServer target) {
    RequestCodec codec = new RequestCodec(new TokenSource(target.vocabularySize(), 1), false);
    return new OpenLoopClient(target.channels(), codec, recorders, clock, 100, completions::add);
  }

  private static Thread start(OpenLoopClient client, int requests) {
    return Thread.ofPlatform()
        .start(() -> client.run(OpenLoopClientTest.every(10 * MILLI, requests)));
  }

  private LoadReport report() {
    return recorders.run().report(TestRuns.info(), 40 * MILLI);
  }
}

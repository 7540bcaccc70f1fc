package io.kvasir.loadtest.live;

import static io.kvasir.loadtest.live.ScriptedServer.accepted;
import static io.kvasir.loadtest.live.ScriptedServer.finished;
import static io.kvasir.loadtest.live.ScriptedServer.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.kvasir.loadtest.report.LoadReport;
import io.kvasir.loadtest.report.RequestEnd;
import io.kvasir.loadtest.report.TenantReport;
import io.kvasir.loadtest.report.TestRuns;
import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.ArrivalStream;
import io.kvasir.loadtest.workload.Prompt;
import io.kvasir.loadtest.workload.SamplingSpec;
import io.kvasir.loadtest.workload.SloTargets;
import io.kvasir.loadtest.workload.TokenSource;
import io.kvasir.v1.FinishReason;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.GenerateResponse;
import io.kvasir.v1.StopConditions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The driver against a scripted server on a real socket, with time in the test's hands. */
@Timeout(30)
final class OpenLoopClientTest {
  private static final long MILLI = 1_000_000;
  private static final Duration LONG = Duration.ofSeconds(20);

  private final ManualClock clock = new ManualClock();
  private final Recorders recorders = new Recorders(Duration.ZERO, List.of());
  private final BlockingQueue<Completion> completions = new LinkedBlockingQueue<>();

  @Test
  void stalledServerDelaysNobodyAndLatencyCountsFromTheIntendedTime() throws Exception {
    BlockingQueue<StreamObserver<GenerateResponse>> stalled = new LinkedBlockingQueue<>();
    List<StreamObserver<GenerateResponse>> kept = new ArrayList<>();
    try (ScriptedServer server = new ScriptedServer((request, stream) -> stalled.add(stream));
        TargetServer target = new TargetServer(server.address())) {
      OpenLoopClient client = client(target, 100);
      Thread driver = start(client, every(10 * MILLI, 5));
      for (int i = 0; i < 5; i++) {
        // Request i arrives although none before it was answered.
        kept.add(stalled.take());
        if (i < 4) {
          clock.advanceWhenParked(10 * MILLI);
        }
      }
      driver.join();
      clock.advance(1000 * MILLI);
      kept.forEach(stream -> answer(stream, 1));
      client.drain(LONG);
    }
    // Sent at 0, 10 … 40 ms, answered at 1,040 ms.
    TenantReport total = report().total();
    assertThat(total.ok()).isEqualTo(5);
    assertThat(total.ttft().maxMillis()).isCloseTo(1040, within(1));
    assertThat(total.ttft().at(0.0)).isCloseTo(1000, within(1));
    assertThat(total.e2e().at(50.0)).isCloseTo(1020, within(1));
  }

  @Test
  void lateDriverCountsItsOwnLagIntoTheLatencyAndSaysSo() throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer::answerAll);
        TargetServer target = new TargetServer(server.address())) {
      OpenLoopClient client = client(target, 100);
      Thread driver = start(client, every(10 * MILLI, 2));
      assertThat(completions.poll(20, TimeUnit.SECONDS)).isNotNull();
      clock.advanceWhenParked(500 * MILLI);
      driver.join();
      client.drain(LONG);
    }
    LoadReport report = report();
    assertThat(report.sendLag().maxMillis()).isCloseTo(490, within(1));
    assertThat(report.total().ttft().maxMillis()).isCloseTo(490, within(1));
    assertThat(report.warnings()).anyMatch(warning -> warning.startsWith("The driver lagged"));
  }

  @Test
  void gapsBetweenTokensAreCountedTokenByToken() throws Exception {
    BlockingQueue<StreamObserver<GenerateResponse>> streams = new LinkedBlockingQueue<>();
    try (ScriptedServer server = new ScriptedServer((request, stream) -> streams.add(stream));
        TargetServer target = new TargetServer(server.address())) {
      OpenLoopClient client = client(target, 100);
      client.run(every(MILLI, 1));
      StreamObserver<GenerateResponse> stream = streams.take();
      stream.onNext(accepted());
      stream.onNext(tokens(0, 1));
      awaitTokens(1);
      clock.advance(30 * MILLI);
      stream.onNext(tokens(1, 1));
      awaitTokens(2);
      clock.advance(60 * MILLI);
      stream.onNext(tokens(2, 3));
      awaitTokens(5);
      stream.onNext(finished(FinishReason.FINISH_REASON_STOP, 12, 8, 5));
      stream.onCompleted();
      client.drain(LONG);
    }
    TenantReport total = report().total();
    // 30 ms, then 60 ms for the first of three tokens that came together, and twice 0.
    assertThat(total.tbt().count()).isEqualTo(4);
    assertThat(total.tbt().maxMillis()).isCloseTo(60, within(0.1));
    assertThat(total.tbt().at(75.0)).isCloseTo(30, within(0.1));
    assertThat(total.tbt().at(50.0)).isZero();
    assertThat(total.tpot().maxMillis()).isCloseTo(90 / 4.0, within(0.1));
    assertThat(total.promptTokens()).isEqualTo(12);
    assertThat(total.cachedTokens()).isEqualTo(8);
    assertThat(total.outputTokens()).isEqualTo(5);
    assertThat(total.preemptions()).isEqualTo(1);
    Completion completion = completions.take();
    assertThat(completion.tokenIds()).containsExactly(100, 101, 102, 103, 104);
    assertThat(completion.text()).isEqualTo("t0t1t2");
    assertThat(completion.promptTokenIds()).containsExactly(7);
  }

  @Test
  void refusalsErrorsAndBrokenStreamsAreToldApart() throws Exception {
    List<ScriptedServer.Script> scripts =
        List.of(
            ScriptedServer::answerAll,
            (request, stream) -> stream.onError(Status.RESOURCE_EXHAUSTED.asRuntimeException()),
            (request, stream) -> stream.onError(Status.UNAVAILABLE.asRuntimeException()),
            (request, stream) -> {
              stream.onNext(accepted());
              stream.onError(Status.RESOURCE_EXHAUSTED.asRuntimeException());
            },
            (request, stream) -> {
              stream.onNext(accepted());
              stream.onCompleted();
            },
            (request, stream) -> {
              stream.onNext(accepted());
              stream.onNext(tokens(1, 1));
              stream.onNext(finished(FinishReason.FINISH_REASON_STOP, 1, 0, 1));
              stream.onCompleted();
            },
            (request, stream) -> {
              stream.onNext(finished(FinishReason.FINISH_REASON_STOP, 1, 0, 1));
              stream.onCompleted();
            },
            (request, stream) -> {
              stream.onNext(finished(FinishReason.FINISH_REASON_DEADLINE, 1, 0, 0));
              stream.onCompleted();
            },
            (request, stream) -> {
              stream.onNext(finished(FinishReason.FINISH_REASON_ABORTED, 1, 0, 0));
              stream.onCompleted();
            });
    try (ScriptedServer server =
            new ScriptedServer((request, stream) ->
                scripts.get((int) request.getSampling().getSeed()).answer(request, stream));
        TargetServer target = new TargetServer(server.address())) {
      OpenLoopClient client = client(target, 100);
      client.run(every(0, scripts.size()));
      client.drain(LONG);
    }
    TenantReport total = report().total();
    assertThat(total.sent()).isEqualTo(scripts.size());
    assertThat(total.ok()).isEqualTo(1);
    assertThat(total.refused()).containsExactly(entry("RESOURCE_EXHAUSTED", 1L));
    assertThat(total.errors())
        .containsOnly(
            entry("UNAVAILABLE", 1L),
            entry("RESOURCE_EXHAUSTED", 1L),
            entry("NO_TERMINAL_EVENT", 1L),
            entry("TOKEN_OUT_OF_ORDER", 1L),
            entry("MISCOUNTED_TOKENS", 1L));
    assertThat(total.deadline()).isEqualTo(1);
    assertThat(total.aborted()).isEqualTo(1);
  }

  @Test
  void requestsBeyondTheLimitAreDroppedAndCounted() throws Exception {
    BlockingQueue<StreamObserver<GenerateResponse>> streams = new LinkedBlockingQueue<>();
    try (ScriptedServer server = new ScriptedServer((request, stream) -> streams.add(stream));
        TargetServer target = new TargetServer(server.address())) {
      OpenLoopClient client = client(target, 3);
      client.run(every(0, 8));
      for (int i = 0; i < 3; i++) {
        answer(streams.take(), 1);
      }
      client.drain(LONG);
    }
    LoadReport report = report();
    assertThat(report.total().sent()).isEqualTo(3);
    assertThat(report.total().ok()).isEqualTo(3);
    assertThat(report.total().dropped()).isEqualTo(5);
    assertThat(report.warnings()).anyMatch(warning -> warning.contains("dropped 5 requests"));
  }

  @Test
  void drainingEndsAndTheServerLearnsOfIt() throws Exception {
    CountDownLatch arrived = new CountDownLatch(2);
    CountDownLatch cancelled = new CountDownLatch(2);
    try (ScriptedServer server =
            new ScriptedServer((request, stream) -> {
              ((ServerCallStreamObserver<GenerateResponse>) stream)
                  .setOnCancelHandler(cancelled::countDown);
              arrived.countDown();
            });
        TargetServer target = new TargetServer(server.address())) {
      OpenLoopClient client = client(target, 100);
      client.run(every(0, 2));
      arrived.await();
      client.drain(Duration.ZERO);
      cancelled.await();
    }
    assertThat(report().total().unfinished()).isEqualTo(2);
    assertThat(completions).allMatch(c -> c.end().kind() == RequestEnd.Kind.UNFINISHED);
  }

  @Test
  void onlyRequestsWithinTheirTargetsAreGoodput() throws Exception {
    BlockingQueue<StreamObserver<GenerateResponse>> streams = new LinkedBlockingQueue<>();
    try (ScriptedServer server = new ScriptedServer((request, stream) -> streams.add(stream));
        TargetServer target = new TargetServer(server.address())) {
      OpenLoopClient client = client(target, 100);
      SloTargets slo = new SloTargets(100, 0);
      client.run(ArrivalStream.of(List.of(arrival(0, 0, slo), arrival(1, 0, slo)).iterator()));
      answer(streams.take(), 2);
      assertThat(completions.poll(20, TimeUnit.SECONDS)).isNotNull();
      clock.advance(101 * MILLI);
      answer(streams.take(), 2);
      client.drain(LONG);
    }
    assertThat(report().total().ok()).isEqualTo(2);
    assertThat(report().total().withinTargets()).isEqualTo(1);
  }

  private OpenLoopClient client(TargetServer target, int maxOutstanding) {
    RequestCodec codec = new RequestCodec(new TokenSource(target.vocabularySize(), 1), false);
    return new OpenLoopClient(
        target.channels(), codec, recorders, clock, maxOutstanding, completions::add);
  }

  private LoadReport report() {
    return recorders.run().report(TestRuns.info(), clock.nanos());
  }

  private static Thread start(OpenLoopClient client, ArrivalStream arrivals) {
    return Thread.ofPlatform().start(() -> client.run(arrivals));
  }

  static ArrivalStream every(long intervalNanos, int count) {
    List<Arrival> arrivals = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      arrivals.add(arrival(i, i * intervalNanos, SloTargets.NONE));
    }
    return ArrivalStream.of(arrivals.iterator());
  }

  private static Arrival arrival(int index, long offsetNanos, SloTargets slo) {
    return new Arrival(
        index,
        offsetNanos,
        "tenant",
        "",
        0,
        new Prompt.Text("hello"),
        2,
        true,
        SamplingSpec.GREEDY,
        index,
        slo);
  }

  private static void answer(StreamObserver<GenerateResponse> stream, int tokens) {
    GenerateRequest request =
        GenerateRequest.newBuilder()
            .setStop(StopConditions.newBuilder().setMaxTokens(tokens))
            .build();
    ScriptedServer.answerAll(request, stream);
  }

  private void awaitTokens(long tokens) {
    while (recorders.run().progress().outputTokens() < tokens) {
      Thread.onSpinWait();
    }
  }

  private static Offset<Double> within(double millis) {
    return Offset.offset(millis);
  }
}

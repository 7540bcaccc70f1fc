package io.kvasir.scheduler.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.kvasir.scheduler.gateway.Generations.Call;
import io.kvasir.v1.DetokenizeRequest;
import io.kvasir.v1.FinishReason;
import io.kvasir.v1.GetModelRequest;
import io.kvasir.v1.GetModelResponse;
import io.kvasir.v1.InferenceGrpc;
import io.kvasir.v1.StepTimes;
import io.kvasir.v1.TokenizeRequest;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Starting, describing and stopping a server. */
class ServerTest {

  @Test
  void describesItsModel() throws IOException {
    try (TestServer server = TestServer.start()) {
      GetModelResponse model = server.blocking().getModel(GetModelRequest.getDefaultInstance());
      assertThat(model.getName()).isEqualTo("bytes");
      assertThat(model.getVocabularySize()).isEqualTo(259);
      assertThat(model.getContextLength()).isEqualTo(TestServer.CONTEXT);
      assertThat(model.getBlockCount()).isEqualTo(server.status().getBlocks().getTotal());
      assertThat(model.getMaxMessageBytes()).isEqualTo(8 << 20);
    }
  }

  @Test
  void tellsHowLongStepsTakeAndHowWrongThatIs() throws IOException {
    try (TestServer server = TestServer.start()) {
      StepTimes unknown = server.status().getStepTimes();
      assertThat(unknown).isEqualTo(StepTimes.getDefaultInstance());
      Generations.run(server.blocking(), Generations.request(List.of(5), 30).build());
      StepTimes learned =
          server.awaitStatus(status -> status.getStepTimes().hasErrorRatio()).getStepTimes();
      assertThat(learned.getMeasuredSteps()).isGreaterThan(8);
      assertThat(learned.getErrorRatio()).isFinite().isNotNegative();
      assertThat(
              learned.getFixedNanos() + learned.getNanosPerToken() + learned.getNanosPerContext())
          .isPositive();
      assertThat(server.metrics()).contains("kvasir:step_time_error_ratio{model_name=");
    }
  }

  @Test
  void tokenizesAndBack() throws IOException {
    try (TestServer server = TestServer.start()) {
      var request = TokenizeRequest.newBuilder().setText("caf\u00e9");
      var ids = server.blocking().tokenize(request.build());
      assertThat(ids.getTokenIdsList())
          .containsExactly(1, 3 + 'c', 3 + 'a', 3 + 'f', 3 + 0xc3, 3 + 0xa9);
      var plain = server.blocking().tokenize(request.setNoSpecial(true).build());
      assertThat(plain.getTokenIdsCount()).isEqualTo(5);
      var text =
          server
              .blocking()
              .detokenize(
                  DetokenizeRequest.newBuilder().addAllTokenIds(ids.getTokenIdsList()).build());
      assertThat(text.getText()).isEqualTo("caf\u00e9");
    }
  }

  @Test
  void withoutWorkerItIsNotServingAndRefusesWithUnavailable() throws IOException {
    ServedModel model = TestModels.bytes(512);
    try (KvasirServer server =
        KvasirServer.start(KvasirServer.Config.DEFAULT, model, new WorkerSource.Remote(0))) {
      assertThat(server.workerPort()).isPresent();
      ManagedChannel channel = channel(server);
      for (String service : List.of("", InferenceGrpc.SERVICE_NAME)) {
        assertThat(
                HealthGrpc.newBlockingStub(channel)
                    .check(HealthCheckRequest.newBuilder().setService(service).build())
                    .getStatus())
            .isEqualTo(ServingStatus.NOT_SERVING);
      }
      StatusRuntimeException refusal =
          GenerateTest.refusal(() ->
              Generations.run(
                  InferenceGrpc.newBlockingStub(channel),
                  Generations.request(List.of(5), 5).build()));
      assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      channel.shutdownNow();
    }
  }

  @Test
  void closingFlipsHealthFirstAndAbortsWhatDoesNotEnd() throws Exception {
    KvasirServer.Config defaults = KvasirServer.Config.DEFAULT;
    KvasirServer.Config config =
        new KvasirServer.Config(
            defaults.host(),
            0,
            0,
            defaults.scheduler(),
            defaults.tenants(),
            defaults.streams(),
            defaults.httpRequestTimeout(),
            Duration.ofMillis(100),
            null);
    try (TestServer server = TestServer.start(config)) {
      BlockingQueue<ServingStatus> seen = new LinkedBlockingQueue<>();
      HealthGrpc.newStub(server.channel())
          .watch(HealthCheckRequest.getDefaultInstance(), collector(seen));
      assertThat(seen.poll(60, TimeUnit.SECONDS)).isEqualTo(ServingStatus.SERVING);
      Call call = Generations.start(server.async(), Generations.endless("last").build());
      call.next();
      Thread closer = Thread.ofVirtual().start(server.server()::close);
      assertThat(seen.poll(60, TimeUnit.SECONDS)).isEqualTo(ServingStatus.NOT_SERVING);
      assertThat(call.last().getFinished().getFinishReason())
          .isEqualTo(FinishReason.FINISH_REASON_ABORTED);
      server.channel().shutdownNow();
      closer.join();
    }
  }

  @Test
  void closingLetsRequestsEndWhileThereIsTime() throws Exception {
    try (TestServer server = TestServer.start()) {
      Call call = Generations.start(server.async(), Generations.request(List.of(5), 2_000).build());
      call.next();
      Thread closer = Thread.ofVirtual().start(server.server()::close);
      var finished = call.last().getFinished();
      assertThat(finished.getFinishReason()).isEqualTo(FinishReason.FINISH_REASON_LENGTH);
      server.channel().shutdownNow();
      closer.join();
    }
  }

  @Test
  void aPortInUseIsNamedWithItsOption() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> start(port, 0))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("127.0.0.1:" + port + " (--grpc-port)")
          .hasMessageContaining("in use");
      assertThatThrownBy(() -> start(0, port))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("127.0.0.1:" + port + " (--http-port)")
          .hasMessageContaining("in use");
    }
  }

  private static void start(int grpcPort, int httpPort) throws IOException {
    KvasirServer.Config defaults = KvasirServer.Config.DEFAULT;
    KvasirServer.Config config =
        new KvasirServer.Config(
            defaults.host(),
            grpcPort,
            httpPort,
            defaults.scheduler(),
            defaults.tenants(),
            defaults.streams(),
            defaults.httpRequestTimeout(),
            defaults.drainTimeout(),
            null);
    KvasirServer.start(config, TestModels.bytes(512), new WorkerSource.Remote(0)).close();
  }

  private static ManagedChannel channel(KvasirServer server) {
    return NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort()).usePlaintext().build();
  }

  private static StreamObserver<HealthCheckResponse> collector(BlockingQueue<ServingStatus> seen) {
    return new StreamObserver<>() {
      @Override
      public void onNext(HealthCheckResponse response) {
        seen.add(response.getStatus());
      }

      @Override
      public void onError(Throwable thrown) {}

      @Override
      public void onCompleted() {}
    };
  }
}

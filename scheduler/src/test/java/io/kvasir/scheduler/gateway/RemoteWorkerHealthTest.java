package io.kvasir.scheduler.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.kvasir.v1.InferenceGrpc;
import io.kvasir.worker.link.SchedulerLink;
import io.kvasir.worker.link.SchedulerLinkConfig;
import io.kvasir.worker.runner.ModelRunner;
import io.kvasir.worker.step.StepEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Health follows a worker that comes and goes. */
class RemoteWorkerHealthTest {

  @Test
  void servesExactlyWhileAWorkerIsConnected() throws Exception {
    try (KvasirServer server =
            KvasirServer.start(
                KvasirServer.Config.DEFAULT,
                TestModels.bytes(TestServer.CONTEXT),
                new WorkerSource.Remote(0));
        ModelRunner runner = TestServer.oracle()) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort()).usePlaintext().build();
      BlockingQueue<ServingStatus> seen = watch(channel);
      assertThat(next(seen)).isEqualTo(ServingStatus.NOT_SERVING);
      assertThat(httpHealth(server)).isEqualTo(503);

      SchedulerLink link =
          new SchedulerLink(
              SchedulerLinkConfig.of("127.0.0.1", server.workerPort().getAsInt(), "far"),
              new StepEngine(runner, 8),
              new Random(1));
      Thread worker = Thread.ofPlatform().start(() -> run(link));
      assertThat(next(seen)).isEqualTo(ServingStatus.SERVING);
      assertThat(httpHealth(server)).isEqualTo(200);
      Generations.Result result =
          Generations.run(
              InferenceGrpc.newBlockingStub(channel),
              Generations.request(List.of(5, 6), 20).build());
      assertThat(result.tokenIds()).hasSize(20);

      link.close();
      worker.join();
      assertThat(next(seen)).isEqualTo(ServingStatus.NOT_SERVING);
      assertThat(httpHealth(server)).isEqualTo(503);
      channel.shutdownNow();
    }
  }

  private static void run(SchedulerLink link) {
    try {
      link.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static BlockingQueue<ServingStatus> watch(ManagedChannel channel) {
    BlockingQueue<ServingStatus> seen = new LinkedBlockingQueue<>();
    HealthGrpc.newStub(channel)
        .watch(
            HealthCheckRequest.newBuilder().setService(InferenceGrpc.SERVICE_NAME).build(),
            new StreamObserver<HealthCheckResponse>() {
              @Override
              public void onNext(HealthCheckResponse response) {
                seen.add(response.getStatus());
              }

              @Override
              public void onError(Throwable thrown) {}

              @Override
              public void onCompleted() {}
            });
    return seen;
  }

  private static ServingStatus next(BlockingQueue<ServingStatus> seen) throws InterruptedException {
    ServingStatus status = seen.poll(60, TimeUnit.SECONDS);
    return status == null ? ServingStatus.UNRECOGNIZED : status;
  }

  private static int httpHealth(KvasirServer server) throws InterruptedException {
    URI page = URI.create("http://127.0.0.1:" + server.httpPort() + "/health");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(page).build(), BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

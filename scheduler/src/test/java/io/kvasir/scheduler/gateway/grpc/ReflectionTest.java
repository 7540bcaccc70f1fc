package io.kvasir.scheduler.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import io.kvasir.scheduler.gateway.TestServer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReflectionTest {
  private static final List<String> EXPECTED =
      List.of(
          "kvasir.v1.Inference",
          "kvasir.v1.Operator",
          "grpc.health.v1.Health",
          "grpc.reflection.v1.ServerReflection",
          "grpc.reflection.v1alpha.ServerReflection");

  @Test
  void listsEveryServiceToNewClients() throws Exception {
    try (TestServer server = TestServer.start()) {
      Answer<ServerReflectionResponse> answer = new Answer<>();
      var call = ServerReflectionGrpc.newStub(server.channel()).serverReflectionInfo(answer);
      call.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
      assertThat(answer.get().getListServicesResponse().getServiceList())
          .extracting(service -> service.getName())
          .containsExactlyInAnyOrderElementsOf(EXPECTED);
      call.onCompleted();
    }
  }

  @Test
  void listsEveryServiceToOldClients() throws Exception {
    try (TestServer server = TestServer.start()) {
      Answer<io.grpc.reflection.v1alpha.ServerReflectionResponse> answer = new Answer<>();
      var call =
          io.grpc.reflection.v1alpha.ServerReflectionGrpc.newStub(server.channel())
              .serverReflectionInfo(answer);
      call.onNext(
          io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder()
              .setListServices("")
              .build());
      assertThat(answer.get().getListServicesResponse().getServiceList())
          .extracting(service -> service.getName())
          .containsExactlyInAnyOrderElementsOf(EXPECTED);
      call.onCompleted();
    }
  }

  /** Keeps the first message. */
  private static final class Answer<T> implements StreamObserver<T> {
    private final CompletableFuture<T> first = new CompletableFuture<>();

    T get() throws Exception {
      return first.get(60, TimeUnit.SECONDS);
    }

    @Override
    public void onNext(T value) {
      first.complete(value);
    }

    @Override
    public void onError(Throwable thrown) {
      first.completeExceptionally(thrown);
    }

    @Override
    public void onCompleted() {
      first.completeExceptionally(new IOException("the stream ended without a message"));
    }
  }
}

package io.kvasir.scheduler.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.kvasir.scheduler.gateway.InvalidArgument;
import io.kvasir.v1.AbortRequest;
import io.kvasir.v1.AbortResponse;
import io.kvasir.v1.InferenceGrpc;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ErrorInterceptorTest {

  @Test
  void aFaultIsInternalAndTellsNothingButAnId() throws Exception {
    StatusRuntimeException seen = call(() -> new IllegalStateException("secret detail"));
    assertThat(seen.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(seen.getStatus().getDescription())
        .startsWith("internal error; the server's log has it under ")
        .doesNotContain("secret");
  }

  @Test
  void aCallersMistakeIsSaid() throws Exception {
    StatusRuntimeException seen = call(() -> InvalidArgument.of("priority is %d", 5000));
    assertThat(seen.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(seen.getStatus().getDescription()).isEqualTo("priority is 5000");
  }

  @Test
  void whatIsFullIsToBeTriedAgain() throws Exception {
    StatusRuntimeException seen = call(() -> new RejectedExecutionException("1024 wait"));
    assertThat(seen.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(seen.getStatus().getDescription()).isEqualTo("1024 wait");
    assertThat(Objects.requireNonNull(seen.getTrailers()).get(GrpcErrors.RETRY_AFTER_MS))
        .isEqualTo("200");
  }

  @Test
  void aStatusPassesAsItIs() throws Exception {
    StatusRuntimeException seen =
        call(() -> Status.NOT_FOUND.withDescription("nothing").asRuntimeException());
    assertThat(seen.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  private static StatusRuntimeException call(Supplier<RuntimeException> failure) throws Exception {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .intercept(new ErrorInterceptor())
            .addService(
                new InferenceGrpc.InferenceImplBase() {
                  @Override
                  public void abort(AbortRequest request, StreamObserver<AbortResponse> observer) {
                    throw failure.get();
                  }
                })
            .build()
            .start();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
    try {
      return catchThrowableOfType(
          StatusRuntimeException.class,
          () -> InferenceGrpc.newBlockingStub(channel).abort(AbortRequest.getDefaultInstance()));
    } finally {
      channel.shutdownNow();
      server.shutdownNow();
    }
  }
}

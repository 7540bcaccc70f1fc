package io.kvasir.scheduler.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.kvasir.scheduler.gateway.Generations.Call;
import io.kvasir.v1.Finished;
import io.kvasir.v1.InferenceGrpc;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clients that stop reading. */
class SlowClientTest {
  /**
   * HTTP/2's smallest useful window, so that little is under way to a client that does not read.
   */
  private static final int WINDOW_BYTES = 65_535;

  private static KvasirServer.Config config(int bufferTokens, Duration undrainedTimeout) {
    return KvasirServer.Config.DEFAULT.withStreams(
        new TokenStream.Limits(bufferTokens, undrainedTimeout));
  }

  @Test
  void aRequestRunsOnIntoTheBufferAndHoldsNoBlocksWhileItsClientIsSlow() throws IOException {
    try (TestServer server = TestServer.start(config(10_000, Duration.ofMinutes(10)))) {
      ManagedChannel channel = server.newChannel().flowControlWindow(WINDOW_BYTES).build();
      Call call =
          Generations.start(
              InferenceGrpc.newStub(channel), Generations.request(List.of(5), 5_000).build());
      assertThat(call.next().hasAccepted()).isTrue();
      server.awaitIdle();
      Finished finished = call.last().getFinished();
      assertThat(finished.getUsage().getCompletionTokens()).isEqualTo(5_000);
      channel.shutdownNow();
    }
  }

  @Test
  void aFullBufferEndsTheRequestWithTheReason() throws IOException {
    try (TestServer server = TestServer.start(config(64, Duration.ofMinutes(10)))) {
      ManagedChannel channel = server.newChannel().flowControlWindow(WINDOW_BYTES).build();
      Call call =
          Generations.start(InferenceGrpc.newStub(channel), Generations.endless("unread").build());
      assertThat(call.next().hasAccepted()).isTrue();
      server.awaitIdle();
      Finished finished = call.last().getFinished();
      assertThat(finished.getError().getCode()).isEqualTo("RESOURCE_EXHAUSTED");
      assertThat(finished.getError().getMessage()).contains("64 tokens wait");
      channel.shutdownNow();
    }
  }

  @Test
  void aStreamThatIsNeverReadIsResetAndOthersGoOn() throws IOException {
    try (TestServer server = TestServer.start(config(1_000, Duration.ofMillis(50)))) {
      ManagedChannel channel = server.newChannel().flowControlWindow(WINDOW_BYTES).build();
      Call call =
          Generations.start(
              InferenceGrpc.newStub(channel),
              Generations.endless("abandoned").setTopCandidates(20).build());
      // Candidates make the stream far larger than what fits between server and client.
      assertThat(call.next().hasAccepted()).isTrue();
      server.awaitIdle();
      server.awaitMetric("kvasir:streams_reset_total{model_name=\"bytes\"} 1.0");
      // The call ends although its messages were not asked for.
      assertThat(call.end().getCode()).isIn(Status.Code.CANCELLED, Status.Code.DEADLINE_EXCEEDED);
      Generations.run(
          InferenceGrpc.newBlockingStub(channel), Generations.request(List.of(5), 5).build());
      channel.shutdownNow();
    }
  }
}

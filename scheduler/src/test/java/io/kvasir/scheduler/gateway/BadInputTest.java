package io.kvasir.scheduler.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.kvasir.v1.AbortRequest;
import io.kvasir.v1.ChatInput;
import io.kvasir.v1.ChatMessage;
import io.kvasir.v1.DetokenizeRequest;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.InferenceGrpc;
import io.kvasir.v1.SamplingParameters;
import io.kvasir.v1.TokenizeRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What clients get wrong: each is one clear error, and the next request is served. */
class BadInputTest {
  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void theNextRequestIsServed() {
    GenerateRequest good = Generations.request(List.of(5, 6), 5).build();
    assertThat(Generations.run(server.blocking(), good).tokenIds()).hasSize(5);
    server.awaitIdle();
  }

  @Test
  void aPromptLongerThanTheContext() {
    GenerateRequest request =
        GenerateRequest.newBuilder().setText("x".repeat(TestServer.CONTEXT + 7)).build();
    assertRefused(
        request, "prompt has 65544 tokens, the context is 65536 and must hold at least one more");
  }

  @Test
  void anEmptyPrompt() {
    assertRefused(GenerateRequest.newBuilder().setText("").build(), "text is empty");
    assertRefused(GenerateRequest.getDefaultInstance(), "no input");
  }

  @Test
  void aTokenIdOutOfRange() {
    assertRefused(
        Generations.request(List.of(5, 259), 5).build(),
        "token_ids[1] is 259; token ids of this model are 0 to 258");
  }

  @Test
  void aTemperatureThatIsNoTemperature() {
    for (float temperature : new float[] {Float.NaN, -1f, 101f}) {
      assertRefused(
          Generations.request(List.of(5), 5)
              .setSampling(SamplingParameters.newBuilder().setTemperature(temperature))
              .build(),
          "sampling.temperature is " + temperature);
    }
  }

  @Test
  void noTokensAtAll() {
    assertRefused(
        Generations.request(List.of(5), 0).build(), "stop.max_tokens is 0; it must be at least 1");
  }

  @Test
  void aConversationForAModelWithoutTemplate() {
    ChatMessage message = ChatMessage.newBuilder().setRole("user").setContent("hi").build();
    assertRefused(
        GenerateRequest.newBuilder().setChat(ChatInput.newBuilder().addMessages(message)).build(),
        "has no chat template");
  }

  @Test
  void tokenizingTakesTheSameCare() {
    StatusRuntimeException empty =
        GenerateTest.refusal(
            () -> server.blocking().tokenize(TokenizeRequest.getDefaultInstance()));
    assertThat(empty.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    StatusRuntimeException range =
        GenerateTest.refusal(() ->
            server.blocking().detokenize(DetokenizeRequest.newBuilder().addTokenIds(9999).build()));
    assertThat(range).hasMessageContaining("token_ids[0] is 9999");
  }

  @Test
  void anAbortWithAnEndlessId() {
    AbortRequest request = AbortRequest.newBuilder().setRequestId("x".repeat(100_000)).build();
    StatusRuntimeException refusal = GenerateTest.refusal(() -> server.blocking().abort(request));
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refusal).hasMessageContaining("request_id has 100000 bytes, the limit is 128");
  }

  @Test
  void aMessageOf64MebibytesIsRefusedWithTheLimit() {
    GenerateRequest huge =
        GenerateRequest.newBuilder().setTextBytes(ByteString.copyFrom(new byte[64 << 20])).build();
    StatusRuntimeException refusal =
        GenerateTest.refusal(() -> server.blocking().generate(huge).next());
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refusal).hasMessageContaining("8388608");
  }

  @Test
  void invalidUtf8IsRefusedByName() throws IOException {
    StatusRuntimeException refusal = sendRaw(field(8, new byte[] {'h', (byte) 0xff, 'i'}));
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refusal).hasMessageContaining("UTF-8");
  }

  @Test
  void bytesThatAreNoMessageAreRefused() throws IOException {
    StatusRuntimeException refusal = sendRaw(new byte[] {0x0a, 0x7f, 0x01});
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refusal).hasMessageContaining("not a GenerateRequest");
  }

  private static void assertRefused(GenerateRequest request, String expected) {
    StatusRuntimeException refusal =
        GenerateTest.refusal(() -> Generations.run(server.blocking(), request));
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refusal).hasMessageContaining(expected);
  }

  private static byte[] field(int number, byte[] value) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeByteArray(number, value);
    out.flush();
    return bytes.toByteArray();
  }

  private static StatusRuntimeException sendRaw(byte[] message) {
    MethodDescriptor<byte[], byte[]> method =
        InferenceGrpc.getGenerateMethod().toBuilder(new RawBytes(), new RawBytes()).build();
    return GenerateTest.refusal(() ->
        ClientCalls.blockingServerStreamingCall(
                server.channel(), method, CallOptions.DEFAULT, message)
            .next());
  }

  /** Sends bytes as they are. */
  private static final class RawBytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

package io.kvasir.loadtest.live;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import io.kvasir.v1.Accepted;
import io.kvasir.v1.FinishReason;
import io.kvasir.v1.Finished;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.GenerateResponse;
import io.kvasir.v1.GetModelRequest;
import io.kvasir.v1.GetModelResponse;
import io.kvasir.v1.InferenceGrpc;
import io.kvasir.v1.Timing;
import io.kvasir.v1.TokenDelta;
import io.kvasir.v1.Usage;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/** A server on a real socket that answers as its script says. */
public final class ScriptedServer implements AutoCloseable {
  /** Vocabulary of the model that does not exist. */
  public static final int VOCABULARY = 2048;

  /** Context of the model that does not exist. */
  public static final int CONTEXT = 512;

  /** Answers one generation. */
  @FunctionalInterface
  public interface Script {
    /** Called on a thread of the server. */
    void answer(GenerateRequest request, StreamObserver<GenerateResponse> responses);
  }

  private final Server server;

  /** Listens on a free port. */
  public ScriptedServer(Script script) {
    try {
      server =
          Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
              .addService(new Service(script))
              .build()
              .start();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** HOST:PORT. */
  public String address() {
    return "localhost:" + server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  /** Answers with as many tokens as asked for, one by one. */
  public static void answerAll(
      GenerateRequest request, StreamObserver<GenerateResponse> responses) {
    int tokens = request.getStop().getMaxTokens();
    responses.onNext(accepted());
    for (int i = 0; i < tokens; i++) {
      responses.onNext(tokens(i, 1));
    }
    responses.onNext(finished(FinishReason.FINISH_REASON_LENGTH, 10, 4, tokens));
    responses.onCompleted();
  }

  /** The event that admits a request. */
  public static GenerateResponse accepted() {
    return GenerateResponse.newBuilder()
        .setAccepted(Accepted.newBuilder().setRequestId("r").addPromptTokenIds(7))
        .build();
  }

  /** Some tokens, ids counting up from 100. */
  public static GenerateResponse tokens(int index, int count) {
    List<Integer> ids = IntStream.range(index, index + count).mapToObj(i -> 100 + i).toList();
    return GenerateResponse.newBuilder()
        .setToken(TokenDelta.newBuilder().setIndex(index).addAllTokenIds(ids).setText("t" + index))
        .build();
  }

  /** The terminal event. */
  public static GenerateResponse finished(
      FinishReason reason, int prompt, int cached, int completion) {
    return GenerateResponse.newBuilder()
        .setFinished(
            Finished.newBuilder()
                .setFinishReason(reason)
                .setUsage(
                    Usage.newBuilder()
                        .setPromptTokens(prompt)
                        .setCachedTokens(cached)
                        .setCompletionTokens(completion))
                .setTiming(Timing.newBuilder().setQueueMs(2).setPreemptions(1)))
        .build();
  }

  private static final class Service extends InferenceGrpc.InferenceImplBase {
    private final Script script;

    Service(Script script) {
      this.script = script;
    }

    @Override
    public void generate(GenerateRequest request, StreamObserver<GenerateResponse> responses) {
      script.answer(request, responses);
    }

    @Override
    public void getModel(GetModelRequest request, StreamObserver<GetModelResponse> responses) {
      responses.onNext(
          GetModelResponse.newBuilder()
              .setName("scripted")
              .setArchitecture("none")
              .setVocabularySize(VOCABULARY)
              .setContextLength(CONTEXT)
              .build());
      responses.onCompleted();
    }
  }
}

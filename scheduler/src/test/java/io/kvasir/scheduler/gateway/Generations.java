package io.kvasir.scheduler.gateway;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.kvasir.v1.Finished;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.GenerateResponse;
import io.kvasir.v1.InferenceGrpc;
import io.kvasir.v1.StopConditions;
import io.kvasir.v1.TokenIds;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Client side of generations in tests. */
public final class Generations {
  /** For waits that end unless something is broken. */
  private static final long PATIENCE_SECONDS = 60;

  private Generations() {}

  /** Everything a stream carried. */
  public record Result(
      List<Integer> promptTokenIds, List<Integer> tokenIds, String text, Finished finished) {}

  /** Prompt and number of tokens; runs to its length. */
  public static GenerateRequest.Builder request(List<Integer> prompt, int maxTokens) {
    return GenerateRequest.newBuilder()
        .setTokenIds(TokenIds.newBuilder().addAllIds(prompt))
        .setStop(StopConditions.newBuilder().setMaxTokens(maxTokens));
  }

  /** A request that does not end by itself within a test. */
  public static GenerateRequest.Builder endless(String requestId) {
    return request(List.of(7, 8, 9), TestServer.CONTEXT).setRequestId(requestId);
  }

  /** Reads a stream to its end and checks its order: accepted, tokens without gaps, finished. */
  public static Result run(InferenceGrpc.InferenceBlockingStub stub, GenerateRequest request) {
    Iterator<GenerateResponse> stream = stub.generate(request);
    GenerateResponse first = stream.next();
    if (!first.hasAccepted()) {
      throw new AssertionError("a stream starts with " + first);
    }
    List<Integer> tokens = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    GenerateResponse event = stream.next();
    for (; event.hasToken(); event = stream.next()) {
      if (event.getToken().getIndex() != tokens.size()) {
        throw new AssertionError("after " + tokens.size() + " tokens comes " + event);
      }
      tokens.addAll(event.getToken().getTokenIdsList());
      text.append(event.getToken().getText());
    }
    if (!event.hasFinished() || stream.hasNext()) {
      throw new AssertionError("a stream ends with " + event);
    }
    return new Result(
        first.getAccepted().getPromptTokenIdsList(),
        tokens,
        text.append(event.getFinished().getText()).toString(),
        event.getFinished());
  }

  /** Starts a call whose messages are asked for one by one. */
  public static Call start(InferenceGrpc.InferenceStub stub, GenerateRequest request) {
    Call call = new Call();
    stub.generate(request, call);
    return call;
  }

  /** One call under the control of the test. */
  public static final class Call
      implements ClientResponseObserver<GenerateRequest, GenerateResponse> {
    private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
    private @Nullable ClientCallStreamObserver<GenerateRequest> stream;

    @Override
    public void beforeStart(ClientCallStreamObserver<GenerateRequest> requestStream) {
      stream = requestStream;
      requestStream.disableAutoRequestWithInitial(0);
    }

    @Override
    public void onNext(GenerateResponse response) {
      events.add(response);
    }

    @Override
    public void onError(Throwable thrown) {
      events.add(Status.fromThrowable(thrown));
    }

    @Override
    public void onCompleted() {
      events.add(Status.OK);
    }

    /** The next message; fails if the call ends instead. */
    public GenerateResponse next() {
      stream().request(1);
      Object event = take();
      if (event instanceof GenerateResponse response) {
        return response;
      }
      throw new AssertionError("the call ended with " + event);
    }

    /** Reads what is left and returns the last message. */
    public GenerateResponse last() {
      GenerateResponse last = null;
      stream().request(Integer.MAX_VALUE);
      for (Object event = take(); event instanceof GenerateResponse response; event = take()) {
        last = response;
      }
      if (last == null) {
        throw new AssertionError("no message was left");
      }
      return last;
    }

    /** The status the call ends with; messages before it are skipped. */
    public Status end() {
      stream().request(Integer.MAX_VALUE);
      Object event = take();
      while (event instanceof GenerateResponse) {
        event = take();
      }
      return (Status) event;
    }

    public void cancel() {
      stream().cancel("the test cancels", null);
    }

    private ClientCallStreamObserver<GenerateRequest> stream() {
      return Objects.requireNonNull(stream);
    }

    private Object take() {
      try {
        Object event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (event == null) {
          throw new AssertionError("nothing came");
        }
        return event;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}

package io.kvasir.scheduler.gateway.grpc;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.kvasir.scheduler.gateway.TokenSink;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.TokenEvent;
import io.kvasir.v1.GenerateResponse;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes one generation to its gRPC call. */
final class GrpcTokenSink implements TokenSink {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcTokenSink.class);

  private final ServerCallStreamObserver<GenerateResponse> call;
  private final Context context;

  /**
   * A sink for one call.
   *
   * @param context the call's own
   */
  GrpcTokenSink(ServerCallStreamObserver<GenerateResponse> call, Context context) {
    this.call = call;
    this.context = context;
  }

  @Override
  public boolean isReady() {
    return call.isReady();
  }

  @Override
  public void tokens(List<TokenEvent> tokens) {
    call.onNext(GenerateCodec.tokens(tokens));
  }

  @Override
  public void finished(FinishedEvent finished) {
    call.onNext(GenerateCodec.finished(finished));
    call.onCompleted();
  }

  /**
   * Resets the stream. Closing the call would not do: its trailers wait behind the very data that
   * the client does not read. gRPC resets a stream when its context ends by a time-out.
   */
  @Override
  public void abandon(String reason) {
    LOG.warn("Reset a stream: {}", reason);
    if (context instanceof Context.CancellableContext cancellable) {
      cancellable.cancel(new TimeoutException(reason));
    }
  }
}

package io.kvasir.scheduler.gateway.grpc;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.kvasir.scheduler.gateway.TokenSink;
import io.kvasir.scheduler.ops.GatewayEvents;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.PreemptedEvent;
import io.kvasir.scheduler.request.ResumedEvent;
import io.kvasir.scheduler.request.TokenEvent;
import io.kvasir.v1.GenerateResponse;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes one generation to its gRPC call. */
final class GrpcTokenSink implements TokenSink {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcTokenSink.class);

  private final ServerCallStreamObserver<GenerateResponse> call;
  private final Context context;
  private final GatewayEvents events;

  /**
   * A sink for one call.
   *
   * @param context the call's own
   */
  GrpcTokenSink(
      ServerCallStreamObserver<GenerateResponse> call, Context context, GatewayEvents events) {
    this.call = call;
    this.context = context;
    this.events = events;
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
  public void preempted(PreemptedEvent preempted) {
    call.onNext(GenerateCodec.preempted(preempted));
  }

  @Override
  public void resumed(ResumedEvent resumed) {
    call.onNext(GenerateCodec.resumed(resumed));
  }

  @Override
  public void finished(FinishedEvent finished) {
    call.onNext(GenerateCodec.finished(finished));
    call.onCompleted();
  }

  @Override
  public void abandon(String reason) {
    LOG.warn("Reset a stream: {}", reason);
    events.onStreamReset();
    StreamReset.reset(context, reason);
  }
}

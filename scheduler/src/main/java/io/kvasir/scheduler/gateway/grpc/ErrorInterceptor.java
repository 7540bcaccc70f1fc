package io.kvasir.scheduler.gateway.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.kvasir.scheduler.gateway.InvalidArgument;

/** Ends a call whose handler threw with the right status, instead of UNKNOWN. */
final class ErrorInterceptor implements ServerInterceptor {

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Guarded<Q, R> guarded = new Guarded<>(call);
    try {
      return new GuardedListener<>(next.startCall(guarded, headers), guarded);
    } catch (RuntimeException e) {
      guarded.fail(e);
      return new ServerCall.Listener<>() {};
    }
  }

  /** Remembers whether the call was closed; a call may be closed only once. */
  private static final class Guarded<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private boolean closed;
    private boolean failed;

    Guarded(ServerCall<Q, R> call) {
      super(call);
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      closed = true;
      super.close(status, trailers);
    }

    /** Whether the call ended by an exception; its handler is then left alone. */
    synchronized boolean failed() {
      return failed;
    }

    synchronized void fail(RuntimeException thrown) {
      failed = true;
      StatusRuntimeException error = GrpcErrors.of(malformed(thrown));
      if (!closed) {
        Metadata trailers = error.getTrailers();
        close(error.getStatus(), trailers == null ? new Metadata() : trailers);
      }
    }

    /** What cannot be parsed is the caller's mistake; gRPC's stub calls it INTERNAL. */
    private RuntimeException malformed(RuntimeException thrown) {
      return thrown.getCause() instanceof InvalidProtocolBufferException reason
              && getMethodDescriptor().getSchemaDescriptor()
                  instanceof ProtoMethodDescriptorSupplier method
          ? InvalidArgument.of(
              "not a %s: %s",
              method.getMethodDescriptor().getInputType().getName(), reason.getMessage())
          : thrown;
    }
  }

  private static final class GuardedListener<Q, R> extends SimpleForwardingServerCallListener<Q> {
    private final Guarded<Q, R> call;

    GuardedListener(ServerCall.Listener<Q> listener, Guarded<Q, R> call) {
      super(listener);
      this.call = call;
    }

    @Override
    public void onMessage(Q message) {
      if (!call.failed()) {
        guard(() -> super.onMessage(message));
      }
    }

    @Override
    public void onHalfClose() {
      if (!call.failed()) {
        guard(super::onHalfClose);
      }
    }

    @Override
    public void onCancel() {
      guard(super::onCancel);
    }

    @Override
    public void onComplete() {
      guard(super::onComplete);
    }

    @Override
    public void onReady() {
      if (!call.failed()) {
        guard(super::onReady);
      }
    }

    private void guard(Runnable callback) {
      try {
        callback.run();
      } catch (RuntimeException e) {
        call.fail(e);
      }
    }
  }
}

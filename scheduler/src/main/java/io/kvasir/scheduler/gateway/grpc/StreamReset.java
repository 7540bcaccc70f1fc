package io.kvasir.scheduler.gateway.grpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Lets a handler reset its stream at once, with everything that waits in it.
 *
 * <p>Closing the call would not do: trailers wait behind the very data that the client does not
 * read. gRPC resets a stream when the stream's context ends by a time-out, but hands handlers a
 * context that cannot be cancelled. So each stream gets a cancellable parent context here.
 */
final class StreamReset extends ServerStreamTracer.Factory {
  private static final Context.Key<Context.CancellableContext> SCOPE =
      Context.key("kvasir-stream-scope");

  /**
   * Resets a stream. Any thread.
   *
   * @param context of the stream's handler
   */
  static void reset(Context context, String reason) {
    Context.CancellableContext scope = SCOPE.get(context);
    if (scope == null) {
      throw new IllegalStateException("the server was built without StreamReset");
    }
    scope.cancel(new TimeoutException(reason));
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
    return new ServerStreamTracer() {
      private Context.@Nullable CancellableContext scope;

      @Override
      public Context filterContext(Context context) {
        Context.CancellableContext cancellable = context.withCancellation();
        scope = cancellable;
        return cancellable.withValue(SCOPE, cancellable);
      }

      @Override
      public void streamClosed(Status status) {
        if (scope != null) {
          scope.cancel(null);
        }
      }
    };
  }
}

package io.kvasir.scheduler.gateway.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.kvasir.scheduler.gateway.InvalidArgument;
import io.kvasir.scheduler.request.RefusalReason;
import io.kvasir.scheduler.request.RequestError;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns errors into gRPC statuses.
 *
 * <p>A retry hint travels twice: as {@code google.rpc.RetryInfo} in the status details and, for
 * clients without the richer error model, as the trailer {@code retry-after-ms}. The reason of a
 * refusal is a {@code google.rpc.ErrorInfo} in the details.
 */
final class GrpcErrors {
  /** Milliseconds after which a retry may succeed. */
  static final Metadata.Key<String> RETRY_AFTER_MS =
      Metadata.Key.of("retry-after-ms", Metadata.ASCII_STRING_MARSHALLER);

  /** When to come again to something that is full and empties as fast as it can. */
  static final long FULL_RETRY_MILLIS = 200;

  private static final String DOMAIN = "kvasir";

  /** Longest description, characters: a client refuses trailers beyond some kilobytes. */
  private static final int MAX_DESCRIPTION = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(GrpcErrors.class);

  private GrpcErrors() {}

  /** The status of a refusal. */
  static StatusRuntimeException of(RequestError error) {
    Status.Code code = Status.Code.valueOf(error.code().name());
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder()
            .setCode(code.value())
            .setMessage(shorten(error.message()));
    status.addDetails(
        Any.pack(
            ErrorInfo.newBuilder().setReason(error.reason().name()).setDomain(DOMAIN).build()));
    Metadata trailers = new Metadata();
    long millis = error.retryAfterMillis();
    if (millis > 0) {
      Duration delay =
          Duration.newBuilder()
              .setSeconds(millis / 1000)
              .setNanos((int) (millis % 1000) * 1_000_000)
              .build();
      status.addDetails(Any.pack(RetryInfo.newBuilder().setRetryDelay(delay).build()));
      trailers.put(RETRY_AFTER_MS, Long.toString(millis));
    }
    return StatusProto.toStatusRuntimeException(status.build(), trailers);
  }

  /**
   * The status of whatever a handler threw. What is not meant for clients is logged under an id and
   * the client gets the id only.
   */
  static StatusRuntimeException of(Throwable thrown) {
    if (thrown instanceof StatusRuntimeException status) {
      return status;
    }
    if (thrown instanceof InvalidArgument refusal) {
      return of(
          new RequestError(
              RequestError.Code.INVALID_ARGUMENT, String.valueOf(refusal.getMessage()), 0));
    }
    if (thrown instanceof RejectedExecutionException full) {
      String message = String.valueOf(full.getMessage());
      return of(new RequestError(RequestError.Code.RESOURCE_EXHAUSTED, message, FULL_RETRY_MILLIS));
    }
    String id = UUID.randomUUID().toString();
    LOG.error("Internal error {}", id, thrown);
    return Status.INTERNAL
        .withDescription("internal error; the server's log has it under " + id)
        .asRuntimeException();
  }

  /** Why a request is refused that a handler threw this for. */
  static RefusalReason reason(Throwable thrown) {
    return thrown instanceof InvalidArgument ? RefusalReason.INVALID : RefusalReason.INTERNAL;
  }

  private static String shorten(String text) {
    return text.length() <= MAX_DESCRIPTION ? text : text.substring(0, MAX_DESCRIPTION) + "...";
  }
}

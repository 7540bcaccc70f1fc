package io.kvasir.scheduler.cli;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.kvasir.worker.cli.HostPort;
import java.net.ConnectException;
import java.net.UnknownHostException;

/** Says what a server answered instead of what was asked, or that there is none. */
final class GrpcFailure {
  private static final Metadata.Key<String> RETRY_AFTER_MS =
      Metadata.Key.of("retry-after-ms", Metadata.ASCII_STRING_MARSHALLER);

  private GrpcFailure() {}

  /** One sentence, with the time to come again where the server says one. */
  static String describe(StatusRuntimeException e, HostPort target) {
    Status status = e.getStatus();
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
        return "%s: no server at %s: %s".formatted(status.getCode(), target, cause.getMessage());
      }
    }
    Metadata trailers = e.getTrailers();
    String retry = trailers == null ? null : trailers.get(RETRY_AFTER_MS);
    return "%s: %s%s"
        .formatted(
            status.getCode(),
            status.getDescription(),
            retry == null ? "" : " (retry after " + retry + " ms)");
  }
}

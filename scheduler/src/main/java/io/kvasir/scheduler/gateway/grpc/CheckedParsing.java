package io.kvasir.scheduler.gateway.grpc;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.io.InputStream;

/**
 * Lets {@link ErrorInterceptor} hear of a message that is no message of its type (invalid UTF-8,
 * truncated). By itself gRPC parses first and ends such a call with UNKNOWN before any interceptor
 * hears of it; so bytes pass the interceptors as they are, and are parsed when they are delivered.
 */
final class CheckedParsing {
  private static final Marshaller<InputStream> AS_THEY_ARE =
      new Marshaller<>() {
        @Override
        public InputStream stream(InputStream bytes) {
          return bytes;
        }

        @Override
        public InputStream parse(InputStream bytes) {
          return bytes;
        }
      };

  private CheckedParsing() {}

  /** The same service with checked parsing. */
  static ServerServiceDefinition of(BindableService service) {
    return ServerInterceptors.useMarshalledMessages(service.bindService(), AS_THEY_ARE);
  }
}

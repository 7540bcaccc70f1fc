package io.kvasir.scheduler.gateway.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.BindableService;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets a service refuse a message that is no message of its type with INVALID_ARGUMENT and the
 * parser's reason (invalid UTF-8, truncated). By itself gRPC ends such a call with UNKNOWN before
 * any interceptor hears of it; so parsing keeps the failure, and delivering the message throws it.
 */
final class CheckedParsing {
  private CheckedParsing() {}

  /** The same service with checked parsing. */
  static ServerServiceDefinition of(BindableService service) {
    ServerServiceDefinition plain = service.bindService();
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(plain.getServiceDescriptor().getName())
            // Reflection reads it.
            .setSchemaDescriptor(plain.getServiceDescriptor().getSchemaDescriptor());
    List<ServerMethodDefinition<Object, ?>> methods = new ArrayList<>();
    for (ServerMethodDefinition<?, ?> method : plain.getMethods()) {
      ServerMethodDefinition<Object, ?> checked = of(method);
      methods.add(checked);
      descriptor.addMethod(checked.getMethodDescriptor());
    }
    ServerServiceDefinition.Builder checked = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(checked::addMethod);
    return checked.build();
  }

  private static <Q, R> ServerMethodDefinition<Object, R> of(ServerMethodDefinition<Q, R> plain) {
    MethodDescriptor<Q, R> method = plain.getMethodDescriptor();
    MethodDescriptor<Object, R> checked =
        method.toBuilder(new KeepingMarshaller(method), method.getResponseMarshaller()).build();
    return ServerMethodDefinition.create(
        checked, (call, headers) -> start(plain.getServerCallHandler(), call, headers));
  }

  @SuppressWarnings("unchecked") // A call's request type only shows in its descriptor.
  private static <Q, R> ServerCall.Listener<Object> start(
      ServerCallHandler<Q, R> handler, ServerCall<Object, R> call, Metadata headers) {
    ServerCall.Listener<Q> listener = handler.startCall((ServerCall<Q, R>) call, headers);
    return new SimpleForwardingServerCallListener<>((ServerCall.Listener<Object>) listener) {
      @Override
      public void onMessage(Object message) {
        if (message instanceof StatusRuntimeException malformed) {
          throw malformed;
        }
        super.onMessage(message);
      }
    };
  }

  /** Parses to a message, or to the exception that says why it is none. */
  private static final class KeepingMarshaller implements Marshaller<Object> {
    private final MethodDescriptor<?, ?> method;
    private final PrototypeMarshaller<?> plain;

    KeepingMarshaller(MethodDescriptor<?, ?> method) {
      this.method = method;
      this.plain = (PrototypeMarshaller<?>) method.getRequestMarshaller();
    }

    @Override
    public Object parse(InputStream stream) {
      try {
        return plain.parse(stream);
      } catch (StatusRuntimeException e) {
        if (!(e.getCause() instanceof InvalidProtocolBufferException reason)) {
          throw e;
        }
        return Status.INVALID_ARGUMENT
            .withDescription(
                "not a %s: %s"
                    .formatted(plain.getMessageClass().getSimpleName(), reason.getMessage()))
            .asRuntimeException();
      }
    }

    @Override
    public InputStream stream(Object value) {
      throw new UnsupportedOperationException(method.getFullMethodName() + " is only served");
    }
  }
}

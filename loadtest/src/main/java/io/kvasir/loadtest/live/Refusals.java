package io.kvasir.loadtest.live;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.protobuf.StatusProto;

/** Reads why a server turned a request away. */
final class Refusals {
  private static final String DOMAIN = "kvasir";

  private Refusals() {}

  /** The server's reason; empty if it gives none. */
  static String reason(Throwable error) {
    Status status = StatusProto.fromThrowable(error);
    if (status != null) {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          return reason(detail);
        }
      }
    }
    return "";
  }

  private static String reason(Any detail) {
    try {
      ErrorInfo info = detail.unpack(ErrorInfo.class);
      return info.getDomain().equals(DOMAIN) ? info.getReason() : "";
    } catch (InvalidProtocolBufferException notReadable) {
      return "";
    }
  }
}

package io.kvasir.scheduler.gateway;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Where to listen, and the option that says so, for messages.
 *
 * @param host a name or an address
 * @param port 0 takes a free one
 * @param option such as {@code --grpc-port}
 */
record ListenAddress(String host, int port, String option) {

  ListenAddress {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException(option + ": is " + port + ", must be 0 to 65535");
    }
  }

  InetSocketAddress resolve() throws IOException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new IOException("cannot listen at %s (--host): unknown host".formatted(host));
    }
    return address;
  }

  /** The failure with address, option and root cause in its message. */
  IOException cannotListen(IOException failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return new IOException(
        "cannot listen at %s:%d (%s): %s".formatted(host, port, option, root.getMessage()),
        failure);
  }
}

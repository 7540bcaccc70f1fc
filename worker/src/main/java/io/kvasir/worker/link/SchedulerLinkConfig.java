package io.kvasir.worker.link;

import java.time.Duration;

/**
 * How a worker reaches its scheduler.
 *
 * @param host name or address
 * @param port 1 to 65535
 * @param workerId unique name, printable ASCII, at most 128 bytes
 * @param minBackoff first wait between two tries
 * @param maxBackoff longest wait between two tries
 * @param handshakeTimeout longest wait for the scheduler's welcome
 * @param occupiedPatience how long to keep trying while another worker is connected; an old stream
 *     of this worker that is not yet noticed dead is one
 * @param keepAliveTime silence after which the scheduler is probed; gRPC raises it to at least 10 s
 * @param keepAliveTimeout time the scheduler has to answer a probe
 */
public record SchedulerLinkConfig(
    String host,
    int port,
    String workerId,
    Duration minBackoff,
    Duration maxBackoff,
    Duration handshakeTimeout,
    Duration occupiedPatience,
    Duration keepAliveTime,
    Duration keepAliveTimeout) {

  /** The usual times: a dead scheduler is noticed within 15 s and tried again every 5 s. */
  public static SchedulerLinkConfig of(String host, int port, String workerId) {
    return new SchedulerLinkConfig(
        host,
        port,
        workerId,
        Duration.ofMillis(100),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        Duration.ofSeconds(10),
        Duration.ofSeconds(5));
  }

  /** HOST:PORT, for people; an IPv6 address in brackets. */
  public String target() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}

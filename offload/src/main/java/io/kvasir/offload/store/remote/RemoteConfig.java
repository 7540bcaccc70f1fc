package io.kvasir.offload.store.remote;

import io.lettuce.core.RedisURI;
import java.time.Duration;

/**
 * Where a {@link RemoteStore} keeps its records, and within which limits.
 *
 * @param uri of the server, in Lettuce's form: {@code redis://[user:password@]host[:port][/db]},
 *     {@code rediss://} for TLS
 * @param fingerprint 64 bits of model, block shape and codec, part of every key: instances that
 *     serve other weights, or whose records the others cannot read, never meet
 * @param slotCount handles it hands out, at least 1
 * @param maxRecordBytes largest record, a multiple of 4096, at most 512 MiB (the server's own
 *     limit)
 * @param timeout longest that one call may block, 1 ms to 1 minute; a server that takes longer
 *     counts as dead
 * @param timeToLive after which the server forgets a record that nobody writes or reads; zero if
 *     only the server's own eviction ends it; at least 1 ms otherwise
 */
public record RemoteConfig(
    String uri,
    long fingerprint,
    int slotCount,
    int maxRecordBytes,
    Duration timeout,
    Duration timeToLive) {
  private static final int RECORD_UNIT = 4096;
  private static final int RECORD_LIMIT = 512 << 20;

  public RemoteConfig {
    // Neither we nor Lettuce may tell the text: it may contain the password.
    try {
      RedisURI.create(uri);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "remote store: the URI is none; write redis://[user:password@]host[:port][/database]");
    }
    require("slotCount must be at least 1", slotCount >= 1, slotCount);
    require(
        "maxRecordBytes must be a multiple of 4096, at most 512 MiB",
        maxRecordBytes > 0 && maxRecordBytes % RECORD_UNIT == 0 && maxRecordBytes <= RECORD_LIMIT,
        maxRecordBytes);
    require(
        "timeout must be 1 ms to 1 minute",
        timeout.toMillis() >= 1 && timeout.compareTo(Duration.ofMinutes(1)) <= 0,
        timeout);
    require(
        "timeToLive must be zero, or at least 1 ms",
        timeToLive.isZero() || timeToLive.toMillis() >= 1,
        timeToLive);
  }

  private static void require(String rule, boolean holds, Object value) {
    if (!holds) {
      throw new IllegalArgumentException("remote store: %s, is %s".formatted(rule, value));
    }
  }

  /** Without the password. */
  @Override
  public String toString() {
    RedisURI server = RedisURI.create(uri);
    return "RemoteConfig[%s:%d, %d slots]".formatted(server.getHost(), server.getPort(), slotCount);
  }
}

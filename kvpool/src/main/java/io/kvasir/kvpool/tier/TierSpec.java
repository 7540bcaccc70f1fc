package io.kvasir.kvpool.tier;

/**
 * What a worker says of one tier in its handshake. Tiers are numbered from 0, fastest first; copies
 * name them by that number.
 *
 * @param kind what it is
 * @param name unique on the worker, for people and metrics, such as {@code ssd}
 * @param slotCount blocks it holds at most, at least 1
 * @param persistent whether its blocks outlive the process
 * @param codec name of what turns blocks into records, such as {@code raw}
 * @param exact whether with that codec what is read is bit for bit what was written; if not it is
 *     lossy, and holds only blocks of requests that allow it
 * @param emulated whether a stand-in plays the device
 * @param readBytesPerSecond bandwidth to start planning with until copies were measured
 * @param writeBytesPerSecond likewise
 */
public record TierSpec(
    TierKind kind,
    String name,
    int slotCount,
    boolean persistent,
    String codec,
    boolean exact,
    boolean emulated,
    long readBytesPerSecond,
    long writeBytesPerSecond) {

  public TierSpec {
    if (slotCount < 1) {
      throw new IllegalArgumentException("slotCount must be at least 1, is " + slotCount);
    }
    if (readBytesPerSecond < 1 || writeBytesPerSecond < 1) {
      throw new IllegalArgumentException(
          "bandwidths must be at least 1 byte/s, are %d and %d"
              .formatted(readBytesPerSecond, writeBytesPerSecond));
    }
  }
}

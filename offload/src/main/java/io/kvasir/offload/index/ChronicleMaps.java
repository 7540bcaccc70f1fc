package io.kvasir.offload.index;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import net.openhft.chronicle.hash.ChronicleHashCorruption;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How this project uses Chronicle Map: entries of one size, segments that do not grow, so that the
 * file never does either, and checksums on entries.
 */
final class ChronicleMaps {
  private static final Logger log = LoggerFactory.getLogger(ChronicleMaps.class);

  /**
   * Room made for each entry asked for. Hashes fill segments unevenly; with this much to spare a
   * segment is full before the index is in less than one case of a million.
   */
  private static final double HEADROOM = 1.05;

  static {
    // It would report its use to a server. The part that does so is excluded from the build too.
    System.setProperty("chronicle.analytics.disable", "true");
  }

  private ChronicleMaps() {}

  /** Opens the file of a map that was closed, or makes a new one. */
  static ChronicleMap<byte[], byte[]> open(Path file, long capacity) throws IOException {
    return builder(capacity).createPersistedTo(file.toFile());
  }

  /**
   * Opens the file of a map that was not closed, and makes it good: releases locks, drops broken
   * entries, counts again.
   *
   * @param repairs counts what was not right
   */
  static ChronicleMap<byte[], byte[]> recover(Path file, long capacity, AtomicLong repairs)
      throws IOException {
    ChronicleHashCorruption.Listener listener =
        corruption -> {
          repairs.incrementAndGet();
          log.debug("{}: {}", file, corruption.message(), corruption.exception());
        };
    return builder(capacity).recoverPersistedTo(file.toFile(), false, listener);
  }

  private static ChronicleMapBuilder<byte[], byte[]> builder(long capacity) {
    return ChronicleMapBuilder.of(byte[].class, byte[].class)
        .constantKeySizeBySample(new byte[EntryLayout.KEY_BYTES])
        .constantValueSizeBySample(new byte[EntryLayout.VALUE_BYTES])
        .entries((long) Math.ceil(capacity * HEADROOM))
        .allowSegmentTiering(false)
        .checksumEntries(true)
        .putReturnsNull(true)
        .removeReturnsNull(true)
        // Who opens the index closes it; the process's end would race with copies under way.
        .skipCloseOnExitHook(true);
  }
}

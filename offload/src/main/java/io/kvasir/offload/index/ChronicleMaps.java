package io.kvasir.offload.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import net.openhft.chronicle.hash.ChronicleHashCorruption;
import net.openhft.chronicle.hash.impl.SizePrefixedBlob;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.map.MapSegmentContext;
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
   * Makes the file of a map that was not closed good: releases locks, drops broken entries, counts
   * again.
   *
   * @param repairs counts what was not right
   * @throws IOException if it cannot be made good
   */
  static void recover(Path file, long capacity, AtomicLong repairs) throws IOException {
    if (!headerWritten(file)) {
      throw new IOException(file + " is damaged at its beginning");
    }
    ChronicleHashCorruption.Listener listener =
        corruption -> {
          repairs.incrementAndGet();
          log.debug("{}: {}", file, corruption.message(), corruption.exception());
        };
    try (ChronicleMap<byte[], byte[]> map =
        builder(capacity).recoverPersistedTo(file.toFile(), false, listener)) {
      // Chronicle Map trusts a few counters that a map of its own making does not use.
      if (count(map) != map.longSize()) {
        throw new IOException(file + " has counters that do not agree");
      }
    }
  }

  private static long count(ChronicleMap<byte[], byte[]> map) {
    AtomicLong count = new AtomicLong();
    for (int segment = 0; segment < map.segments(); segment++) {
      try (MapSegmentContext<byte[], byte[], ?> context = map.segmentContext(segment)) {
        context.forEachSegmentEntry(_ -> count.incrementAndGet());
      }
    }
    return count.get();
  }

  /**
   * Whether the maker of the map says that its header is written. Chronicle Map would wait a minute
   * for it, and we publish no map without one.
   */
  private static boolean headerWritten(Path file) throws IOException {
    ByteBuffer word = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(file)) {
      int read = channel.read(word, SizePrefixedBlob.SIZE_WORD_OFFSET);
      return read == Integer.BYTES && SizePrefixedBlob.isReady(word.getInt(0));
    }
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

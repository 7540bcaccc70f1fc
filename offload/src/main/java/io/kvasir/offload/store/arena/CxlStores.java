package io.kvasir.offload.store.arena;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.offload.os.Errno;
import io.kvasir.offload.os.LinuxFiles;
import io.kvasir.offload.os.LinuxMemory;
import io.kvasir.offload.store.TierStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens CXL tiers. */
public final class CxlStores {
  private static final Logger log = LoggerFactory.getLogger(CxlStores.class);

  private CxlStores() {}

  /**
   * Opens a tier over one or more devices.
   *
   * @param name of the tier; " (emulated)" is added if a device is
   * @param devices at least one
   * @param recordBytes largest record, a multiple of 4096
   * @param stripeThreshold neighbouring slots of one batch above which they are spread over all
   *     devices; at least 1, of no meaning with one device
   * @param timer for emulated devices
   * @throws IOException if a device cannot be opened
   * @throws IllegalArgumentException if a number is out of bounds or a node is refused
   * @throws OutOfMemoryError if the system has not so much memory
   */
  public static TierStore open(
      String name, List<CxlDevice> devices, int recordBytes, int stripeThreshold, NanoTimer timer)
      throws IOException {
    if (devices.isEmpty()) {
      throw new IllegalArgumentException(name + ": no device is given");
    }
    boolean emulated = devices.stream().anyMatch(CxlDevice.Emulated.class::isInstance);
    String shown = emulated ? name + " (emulated)" : name;
    List<TierStore> stores = new ArrayList<>();
    try {
      for (CxlDevice device : devices) {
        String part = devices.size() == 1 ? shown : shown + " #" + stores.size();
        stores.add(open(part, device, recordBytes, timer));
      }
      return stores.size() == 1
          ? stores.getFirst()
          : new StripedStore(shown, stores, stripeThreshold);
    } catch (Throwable failure) {
      stores.forEach(TierStore::close);
      throw failure;
    }
  }

  private static ArenaStore open(String name, CxlDevice device, int recordBytes, NanoTimer timer)
      throws IOException {
    return switch (device) {
      case CxlDevice.Node node -> {
        log.info("{}: NUMA node {}, {} bytes", name, node.node(), node.bytes());
        yield ArenaStore.open(
            name,
            TierKind.CXL,
            false,
            node.bytes(),
            recordBytes,
            OptionalInt.of(node.node()),
            ArenaStore.Commit.LAZILY,
            Pace.FULL);
      }
      case CxlDevice.Dax dax -> {
        log.info("{}: {}, {} bytes", name, dax.path(), dax.bytes());
        yield dax(name, dax, recordBytes);
      }
      case CxlDevice.Emulated it -> {
        log.warn(
            "{}: emulated in host memory, {} bytes, read {} B/s, write {} B/s, latency {} ns",
            name,
            it.bytes(),
            it.readBytesPerSecond(),
            it.writeBytesPerSecond(),
            it.latencyNanos());
        yield ArenaStore.open(
            name,
            TierKind.CXL,
            true,
            it.bytes(),
            recordBytes,
            OptionalInt.empty(),
            ArenaStore.Commit.LAZILY,
            new EmulatedPace(
                it.readBytesPerSecond(), it.writeBytesPerSecond(), it.latencyNanos(), timer));
      }
    };
  }

  // The arena is closed by the store's close, and unmaps the memory once.
  @SuppressWarnings("restricted")
  private static ArenaStore dax(String name, CxlDevice.Dax dax, int recordBytes)
      throws IOException {
    int file = LinuxFiles.open(dax.path(), LinuxFiles.O_RDWR | LinuxFiles.O_CLOEXEC);
    if (file < 0) {
      throw new IOException(name + ": " + dax.path() + ": " + Errno.text(-file));
    }
    MemorySegment mapping;
    try {
      mapping = LinuxMemory.mapShared(file, dax.bytes(), 0);
    } catch (OutOfMemoryError e) {
      throw new IOException(
          "%s: %s cannot be mapped (its size is a multiple of its alignment, often 2 MiB): %s"
              .formatted(name, dax.path(), e.getMessage()),
          e);
    } finally {
      LinuxFiles.close(file);
    }
    Arena arena = Arena.ofShared();
    MemorySegment memory = mapping.reinterpret(arena, _ -> LinuxMemory.unmap(mapping));
    Runnable release =
        () -> {
          if (arena.scope().isAlive()) {
            arena.close();
          }
        };
    try {
      return new ArenaStore(name, TierKind.CXL, false, memory, release, recordBytes, Pace.FULL);
    } catch (IllegalArgumentException e) {
      release.run();
      throw e;
    }
  }
}

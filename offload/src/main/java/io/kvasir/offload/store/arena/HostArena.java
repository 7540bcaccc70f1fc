package io.kvasir.offload.store.arena;

import io.kvasir.offload.os.LinuxMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One piece of zeroed memory outside the Java heap, aligned to 2 MiB. On Linux its pages are taken
 * from the system when first touched and huge pages are asked for. Any thread may use the segment;
 * {@link #close} must follow the last use, an access after it throws IllegalStateException.
 */
public final class HostArena implements AutoCloseable {
  /** Alignment of the first byte, bytes. */
  public static final long ALIGNMENT = 2L << 20;

  private static final Logger log = LoggerFactory.getLogger(HostArena.class);
  private static final Path THP_SETTING = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

  private final String name;
  private final Arena arena;
  private final MemorySegment segment;
  private final HugePages hugePages;

  /** What became of the wish for huge pages. */
  public enum HugePages {
    /** The system took the advice and its setting allows them. */
    GRANTED,
    /** The system refused the advice, or its setting is "never". */
    REFUSED,
    /** This system has no such advice. */
    UNSUPPORTED
  }

  private HostArena(String name, Arena arena, MemorySegment segment, HugePages hugePages) {
    this.name = name;
    this.arena = arena;
    this.segment = segment;
    this.hugePages = hugePages;
  }

  /**
   * Reserves memory.
   *
   * @param name what it is for; names the field in errors and the log
   * @param bytes size, at least 1 and at most the machine's physical memory
   * @throws IllegalArgumentException if {@code bytes} is out of these bounds
   * @throws OutOfMemoryError if the system refuses
   */
  public static HostArena allocate(String name, long bytes) {
    long limit = physicalMemoryBytes();
    if (bytes < 1 || bytes > limit) {
      throw new IllegalArgumentException(
          "%s: %d bytes asked, must be 1 to %d (physical memory)".formatted(name, bytes, limit));
    }
    HostArena arena = LinuxMemory.available() ? mapped(name, bytes) : allocated(name, bytes);
    log.info("arena {}: {} bytes, huge pages {}", name, bytes, arena.hugePages);
    return arena;
  }

  /** Memory of this machine, or of this container where it is limited, bytes. */
  public static long physicalMemoryBytes() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
        .getTotalMemorySize();
  }

  // The mapping is owned by the arena, which close() closes and which unmaps it once.
  @SuppressWarnings({"restricted", "MustBeClosedChecker"})
  private static HostArena mapped(String name, long bytes) {
    MemorySegment whole = LinuxMemory.map(Math.addExact(bytes, ALIGNMENT));
    long skip = -whole.address() & (ALIGNMENT - 1);
    MemorySegment aligned = whole.asSlice(skip, bytes);
    HugePages hugePages =
        LinuxMemory.adviseHugePages(aligned) == 0 && settingAllowsHugePages()
            ? HugePages.GRANTED
            : HugePages.REFUSED;
    Arena arena = Arena.ofShared();
    MemorySegment owned = aligned.reinterpret(arena, _ -> LinuxMemory.unmap(whole));
    return new HostArena(name, arena, owned, hugePages);
  }

  @SuppressWarnings("MustBeClosedChecker") // close() closes it.
  private static HostArena allocated(String name, long bytes) {
    Arena arena = Arena.ofShared();
    return new HostArena(name, arena, arena.allocate(bytes, ALIGNMENT), HugePages.UNSUPPORTED);
  }

  private static boolean settingAllowsHugePages() {
    try {
      return !Files.readString(THP_SETTING).contains("[never]");
    } catch (IOException e) {
      log.debug("cannot read {}", THP_SETTING, e);
      return false;
    }
  }

  /** The memory; zero until written. */
  public MemorySegment segment() {
    return segment;
  }

  /** Size, bytes. */
  public long byteSize() {
    return segment.byteSize();
  }

  /** Gives the memory back; a second call does nothing. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }

  @Override
  public String toString() {
    return "HostArena[" + name + ", " + byteSize() + " bytes, huge pages " + hugePages + "]";
  }
}

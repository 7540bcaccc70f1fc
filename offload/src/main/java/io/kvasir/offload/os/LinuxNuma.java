package io.kvasir.offload.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * NUMA nodes of Linux. A memory expander behind CXL shows up as a node that has memory and no
 * processor (kernel documentation, "Compute Express Link Memory Devices"). Thread-safe.
 */
@SuppressWarnings("restricted")
public final class LinuxNuma {
  /** Where the kernel lists its nodes. */
  public static final Path NODES = Path.of("/sys/devices/system/node");

  /** Nodes that a mask of one word can name. */
  public static final int MAX_NODES = 64;

  private static final long MPOL_BIND = 2;
  private static final long SYS_MBIND =
      System.getProperty("os.arch", "").equals("aarch64") ? 235 : 237;

  // The C library has no mbind; the kernel's number is called.
  private static final MethodHandle MBIND =
      LibC.function(
          "syscall",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
              JAVA_INT),
          Linker.Option.firstVariadicArg(1));

  private LinuxNuma() {}

  /**
   * Takes a mapping's pages from one node only, and never from another when that node is full. To
   * be called before the first touch.
   *
   * @return 0, or the system's error number
   */
  public static int bind(MemorySegment segment, int node) {
    if (node < 0 || node >= MAX_NODES) {
      throw new IllegalArgumentException(
          "NUMA node must be 0 to %d, is %d".formatted(MAX_NODES - 1, node));
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = LibC.state(arena);
      MemorySegment mask = arena.allocateFrom(JAVA_LONG, 1L << node);
      // The kernel reads one bit less than it is told.
      long result =
          (long)
              MBIND.invokeExact(
                  state,
                  SYS_MBIND,
                  segment.address(),
                  segment.byteSize(),
                  MPOL_BIND,
                  mask.address(),
                  MAX_NODES + 1L,
                  0);
      return result == 0 ? 0 : LibC.errno(state);
    } catch (Throwable failure) {
      throw LibC.rethrown(failure);
    }
  }

  /**
   * Finds the nodes that have memory but no processor, in ascending order.
   *
   * @param nodes {@link #NODES}
   * @throws IOException if the directory is there but cannot be read
   */
  public static List<Integer> withoutProcessors(Path nodes) throws IOException {
    List<Integer> found = new ArrayList<>();
    if (!Files.isDirectory(nodes)) {
      return found;
    }
    try (Stream<Path> entries = Files.list(nodes)) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        String name = entry.getFileName().toString();
        if (name.matches("node\\d+")
            && Files.readString(entry.resolve("cpulist")).isBlank()
            && memoryBytes(entry) > 0) {
          found.add(Integer.valueOf(name.substring("node".length())));
        }
      }
    }
    found.sort(null);
    return found;
  }

  /**
   * Memory of a node, bytes; 0 if there is no such node.
   *
   * @param nodes {@link #NODES}
   */
  public static long memoryBytes(Path nodes, int node) throws IOException {
    Path directory = nodes.resolve("node" + node);
    return Files.isDirectory(directory) ? memoryBytes(directory) : 0;
  }

  private static long memoryBytes(Path node) throws IOException {
    for (String line : Files.readAllLines(node.resolve("meminfo"))) {
      if (line.contains("MemTotal:")) {
        return Long.parseLong(line.replaceAll("^.*MemTotal:|[^0-9]", "")) * 1024;
      }
    }
    return 0;
  }
}

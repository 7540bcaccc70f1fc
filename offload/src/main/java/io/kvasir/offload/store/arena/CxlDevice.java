package io.kvasir.offload.store.arena;

import io.kvasir.offload.os.LinuxNuma;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a CXL tier lies on. */
public sealed interface CxlDevice {

  /** Memory of it that may be used, bytes. */
  long bytes();

  /**
   * Memory that the system runs as a NUMA node of its own, without processors.
   *
   * @param node number of the node
   */
  record Node(int node, long bytes) implements CxlDevice {}

  /**
   * Memory that the system hands out as a device.
   *
   * @param path such as {@code /dev/dax0.0}
   */
  record Dax(Path path, long bytes) implements CxlDevice {}

  /**
   * Host memory that plays a device.
   *
   * @param readBytesPerSecond stated bandwidth
   * @param writeBytesPerSecond stated bandwidth
   * @param latencyNanos of each operation
   */
  record Emulated(long bytes, long readBytesPerSecond, long writeBytesPerSecond, long latencyNanos)
      implements CxlDevice {}

  /**
   * Finds this machine's nodes without processors, whole.
   *
   * @param nodes {@link LinuxNuma#NODES}
   */
  static List<CxlDevice> nodes(Path nodes) throws IOException {
    List<CxlDevice> found = new ArrayList<>();
    for (int node : LinuxNuma.withoutProcessors(nodes)) {
      found.add(new Node(node, LinuxNuma.memoryBytes(nodes, node)));
    }
    return found;
  }
}

package io.kvasir.loadtest.sim.device;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An accelerator by its published figures, and what share of them a step reaches.
 *
 * <p>The shares are assumptions, the same for all devices: 60 % of the dense 16-bit peak in large
 * matrix products, 80 % of the memory bandwidth in reading weights and KV, and 300 µs per step for
 * launches and sampling with captured graphs.
 *
 * @param name for people
 * @param flopsPerSecond dense 16-bit tensor peak
 * @param bytesPerSecond memory bandwidth
 * @param memoryBytes device memory
 * @param hostBytesPerSecond what a large copy from or to the host reaches, each direction
 * @param flopsShare share of the peak that a step reaches, above 0 to 1
 * @param bandwidthShare share of the memory bandwidth that a step reaches, above 0 to 1
 * @param stepOverheadNanos time of a step that is neither computing nor reading
 * @param source where the published figures are from
 */
public record DeviceProfile(
    String name,
    double flopsPerSecond,
    double bytesPerSecond,
    long memoryBytes,
    double hostBytesPerSecond,
    double flopsShare,
    double bandwidthShare,
    long stepOverheadNanos,
    String source) {

  private static final double FLOPS_SHARE = 0.6;
  private static final double BANDWIDTH_SHARE = 0.8;
  private static final long STEP_OVERHEAD_NANOS = 300_000;
  private static final double PCIE4 = 25e9;
  private static final double PCIE5 = 50e9;
  private static final long GIB = 1L << 30;

  private static final List<DeviceProfile> ALL =
      List.of(
          published("a10", 125e12, 600e9, 24, PCIE4, "NVIDIA A10 datasheet: 24 GB, PCIe 4.0 x16"),
          published(
              "a100", 312e12, 2039e9, 80, PCIE4, "NVIDIA A100 datasheet: 80 GB SXM, PCIe 4.0 x16"),
          published(
              "h100",
              989.5e12,
              3350e9,
              80,
              PCIE5,
              "NVIDIA H100 datasheet: 80 GB SXM without sparsity, PCIe 5.0 x16"),
          published(
              "h200",
              989.5e12,
              4800e9,
              141,
              PCIE5,
              "NVIDIA H200 datasheet: 141 GB SXM without sparsity, PCIe 5.0 x16"));

  /** Refuses shares that are none. */
  public DeviceProfile {
    requireShare("flops_share", flopsShare);
    requireShare("bandwidth_share", bandwidthShare);
    if (stepOverheadNanos < 0) {
      throw new IllegalArgumentException("step overhead is " + stepOverheadNanos + " ns");
    }
  }

  private static void requireShare(String name, double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(name + " is " + share + ", not in (0, 1]");
    }
  }

  private static DeviceProfile published(
      String name, double flops, double bandwidth, int gibibytes, double host, String source) {
    return new DeviceProfile(
        name,
        flops,
        bandwidth,
        gibibytes * GIB,
        host,
        FLOPS_SHARE,
        BANDWIDTH_SHARE,
        STEP_OVERHEAD_NANOS,
        source);
  }

  /** The names of the known ones. */
  public static List<String> names() {
    return ALL.stream().map(DeviceProfile::name).toList();
  }

  /** The device of that name, in any case. */
  public static Optional<DeviceProfile> find(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    return ALL.stream().filter(device -> device.name().equals(wanted)).findFirst();
  }

  /** This device with other shares. */
  public DeviceProfile reaching(double flopsShare, double bandwidthShare, long stepOverheadNanos) {
    return new DeviceProfile(
        name,
        flopsPerSecond,
        bytesPerSecond,
        memoryBytes,
        hostBytesPerSecond,
        flopsShare,
        bandwidthShare,
        stepOverheadNanos,
        source);
  }

  /**
   * Several of them as one, by tensor parallelism; what their links cost must be in the shares.
   *
   * @param count at least 1
   */
  public DeviceProfile times(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("count is " + count + ", not at least 1");
    }
    return count == 1
        ? this
        : new DeviceProfile(
            count + "x" + name,
            count * flopsPerSecond,
            count * bytesPerSecond,
            count * memoryBytes,
            count * hostBytesPerSecond,
            flopsShare,
            bandwidthShare,
            stepOverheadNanos,
            source);
  }

  /**
   * Blocks of KV that fit beside the weights.
   *
   * @param memoryShare share of the memory that is used at all
   * @param reserveBytes kept free for activations
   * @return at least 1
   * @throws IllegalArgumentException if there is no room
   */
  public int kvBlocks(ModelShape model, int blockTokens, double memoryShare, long reserveBytes) {
    double room = memoryBytes * memoryShare - model.weightBytes() - reserveBytes;
    double blocks = room / model.geometry(blockTokens).blockBytes();
    if (blocks < 1) {
      throw new IllegalArgumentException(
          "%s has no room for KV beside %s: %.1f GB * %.2f - %.1f GB of weights - %.1f GB reserve"
              .formatted(
                  name,
                  model.name(),
                  memoryBytes / 1e9,
                  memoryShare,
                  model.weightBytes() / 1e9,
                  reserveBytes / 1e9));
    }
    return (int) Math.min(blocks, 1 << 24);
  }

  /** What a report says of it. */
  public Map<String, Object> assumptions() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", name);
    facts.put("flops_per_s", flopsPerSecond);
    facts.put("memory_bytes_per_s", bytesPerSecond);
    facts.put("memory_bytes", memoryBytes);
    facts.put("host_bytes_per_s", hostBytesPerSecond);
    facts.put("flops_share", flopsShare);
    facts.put("bandwidth_share", bandwidthShare);
    facts.put("step_overhead_us", stepOverheadNanos / 1e3);
    facts.put("source", source);
    return facts;
  }
}

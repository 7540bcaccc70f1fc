package io.kvasir.worker.cli;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.proto.WireLimits;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How much KV a worker holds: a number of blocks or an amount of memory. */
final class KvSize {
  /** Most memory taken when nothing is said, bytes. */
  static final long DEFAULT_BYTES = 1L << 30;

  /** Most blocks taken when nothing is said; a tiny model's would be uselessly many. */
  static final int DEFAULT_MAX_BLOCKS = 1 << 16;

  @Option(
      names = "--kv-blocks",
      paramLabel = "N",
      description = "KV blocks, 1 to 16777216 (default: as many as --kv-memory holds).")
  private @Nullable Integer blocks;

  @Option(
      names = "--kv-memory",
      paramLabel = "SIZE",
      converter = MemorySize.Converter.class,
      description =
          "Memory for KV blocks, like 256MiB (default: a quarter of the machine's memory, at most"
              + " 1GiB, at most 65536 blocks).")
  private @Nullable MemorySize memory;

  /**
   * Blocks of this shape.
   *
   * @param physicalBytes memory of the machine
   * @throws IllegalArgumentException naming the option and the limit
   */
  int blockCount(BlockGeometry geometry, long physicalBytes) {
    if (blocks != null) {
      return check("--kv-blocks", blocks, geometry);
    }
    if (memory != null) {
      return check("--kv-memory", memory.bytes() / geometry.blockBytes(), geometry);
    }
    long bytes = Math.min(DEFAULT_BYTES, physicalBytes / 4);
    long count = Math.min(DEFAULT_MAX_BLOCKS, bytes / geometry.blockBytes());
    return check("--kv-memory", count, geometry);
  }

  private static int check(String option, long count, BlockGeometry geometry) {
    if (count < 1 || count > WireLimits.MAX_KV_BLOCKS) {
      throw new IllegalArgumentException(
          "%s: is %d blocks of %d bytes, must be 1 to %d blocks"
              .formatted(option, count, geometry.blockBytes(), WireLimits.MAX_KV_BLOCKS));
    }
    return (int) count;
  }
}

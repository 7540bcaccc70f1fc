package io.kvasir.worker.memory;

import io.kvasir.offload.copy.LinkSpeed;
import io.kvasir.offload.store.arena.CxlDevice;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The memory below a worker's arena.
 *
 * @param dramBytes host memory; 0: none
 * @param cxl CXL devices; empty: none
 * @param ssd a local file or device; null: none
 * @param remote a Valkey or Redis server; null: none
 * @param emulatedLinks by name of the tier: a slower link than there is, for tests and studies
 */
public record TierSettings(
    long dramBytes,
    List<CxlDevice> cxl,
    @Nullable Ssd ssd,
    @Nullable Remote remote,
    Map<String, LinkSpeed> emulatedLinks) {

  /** No tiers. */
  public static final TierSettings NONE = new TierSettings(0, List.of(), null, null, Map.of());

  public TierSettings {
    cxl = List.copyOf(cxl);
    emulatedLinks = Map.copyOf(emulatedLinks);
  }

  /** Whether there is any. */
  public boolean any() {
    return dramBytes > 0 || !cxl.isEmpty() || ssd != null || remote != null;
  }

  /**
   * A persistent tier.
   *
   * @param directory of the index and, unless there is a device, of the data
   * @param device a block device or file for the data; null: {@code blocks.kv} in the directory
   * @param bytes size of the data
   * @param dailyWriteBytes most bytes written in 24 hours
   */
  public record Ssd(Path directory, @Nullable Path device, long bytes, long dailyWriteBytes) {}

  /**
   * A server as the last tier.
   *
   * @param uri of a Valkey or Redis server
   * @param slots most blocks this worker keeps account of
   */
  public record Remote(String uri, int slots) {}
}

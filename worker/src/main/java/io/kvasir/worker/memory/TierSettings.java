package io.kvasir.worker.memory;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.offload.copy.LinkSpeed;
import io.kvasir.offload.store.arena.CxlDevice;
import java.nio.file.Path;
import java.util.Arrays;
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
 * @param emulatedLinks by kind: a slower link than there is, for tests and studies
 * @param codecs by kind: name of the tier's codec, see {@code BlockCodecs}; raw where none is named
 * @param copySharePercent of the time in which a copy thread works beside a step, 1 to 100
 */
public record TierSettings(
    long dramBytes,
    List<CxlDevice> cxl,
    @Nullable Ssd ssd,
    @Nullable Remote remote,
    Map<TierKind, LinkSpeed> emulatedLinks,
    Map<TierKind, String> codecs,
    int copySharePercent) {

  /** What copies take of a processor beside steps unless configured otherwise, percent. */
  public static final int COPY_SHARE_PERCENT = 10;

  /** No tiers. */
  public static final TierSettings NONE = new TierSettings(0, List.of(), null, null, Map.of());

  public TierSettings {
    cxl = List.copyOf(cxl);
    codecs = Map.copyOf(codecs);
    emulatedLinks = Map.copyOf(emulatedLinks);
  }

  /** Settings with tiers that store blocks as they are. */
  public TierSettings(
      long dramBytes,
      List<CxlDevice> cxl,
      @Nullable Ssd ssd,
      @Nullable Remote remote,
      Map<TierKind, LinkSpeed> emulatedLinks) {
    this(dramBytes, cxl, ssd, remote, emulatedLinks, Map.of(), COPY_SHARE_PERCENT);
  }

  /** The same tiers with other codecs. */
  public TierSettings withCodecs(Map<TierKind, String> others) {
    return new TierSettings(dramBytes, cxl, ssd, remote, emulatedLinks, others, copySharePercent);
  }

  /** The same tiers with copies that take more or less of a processor beside steps. */
  public TierSettings withCopyShare(int percent) {
    return new TierSettings(dramBytes, cxl, ssd, remote, emulatedLinks, codecs, percent);
  }

  /** Name of a tier's codec. */
  String codec(TierKind tier) {
    return codecs.getOrDefault(tier, "raw");
  }

  /** Whether there is such a tier. */
  public boolean has(TierKind tier) {
    return switch (tier) {
      case DRAM -> dramBytes > 0;
      case CXL -> !cxl.isEmpty();
      case SSD -> ssd != null;
      case REMOTE -> remote != null;
    };
  }

  /** Whether there is any. */
  public boolean any() {
    return Arrays.stream(TierKind.values()).anyMatch(this::has);
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

package io.kvasir.worker.cli;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.offload.copy.LinkSpeed;
import io.kvasir.offload.store.arena.CxlDevice;
import io.kvasir.worker.memory.KvArena;
import io.kvasir.worker.memory.TierSettings;
import io.kvasir.worker.memory.WorkerTiers;
import io.kvasir.worker.runner.ModelRunner;
import io.kvasir.worker.runner.cpu.CpuModelRunner;
import io.kvasir.worker.runner.hash.HashModelRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that put tiers below a worker's KV arena; a mixin of commands that run one. */
public final class TierOptions {
  /** How often a day the SSD's size is written at most, unless told otherwise. */
  private static final long DAILY_TURNS = 50;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--kv-dram",
      paramLabel = "SIZE",
      converter = MemorySize.Converter.class,
      description =
          "Host memory below the arena, such as 2GiB. On a CPU worker the arena is host memory"
              + " too, so this is for tests and studies (default: none).")
  private @Nullable MemorySize dram;

  @Option(
      names = "--kv-cxl",
      paramLabel = "DEVICE",
      description =
          "CXL memory: node:N:SIZE (a NUMA node), /dev/daxN.M:SIZE, or"
              + " emulated:SIZE:BYTES_PER_SECOND:LATENCY_NANOS. Several share large copies"
              + " (default: none).")
  private List<String> cxl = new ArrayList<>();

  @Option(
      names = "--kv-ssd",
      paramLabel = "DIR",
      description =
          "Keep KV in this directory, with direct I/O; it survives restarts (default: none).")
  private @Nullable Path ssd;

  @Option(
      names = "--kv-ssd-size",
      paramLabel = "SIZE",
      converter = MemorySize.Converter.class,
      description = "Size of the data in --kv-ssd (default: 1GiB).")
  private MemorySize ssdSize = new MemorySize(1L << 30);

  @Option(
      names = "--kv-ssd-device",
      paramLabel = "FILE",
      description = "A block device for the data instead of a file in --kv-ssd.")
  private @Nullable Path ssdDevice;

  @Option(
      names = "--kv-ssd-daily-writes",
      paramLabel = "SIZE",
      converter = MemorySize.Converter.class,
      description =
          "Most bytes written to --kv-ssd in 24 hours, for the sake of the flash"
              + " (default: 50 times its size).")
  private @Nullable MemorySize ssdDailyWrites;

  @Option(
      names = "--kv-remote",
      paramLabel = "URI",
      description =
          "A Valkey or Redis server as the last tier, redis://[user:password@]host[:port]."
              + " Instances of one model that share it and --cache-secret find each other's KV"
              + " (default: none).")
  private @Nullable String remote;

  @Option(
      names = "--kv-remote-blocks",
      paramLabel = "N",
      description =
          "Most blocks of --kv-remote kept account of, 1 to 134217728"
              + " (default: ${DEFAULT-VALUE}).")
  private int remoteBlocks = 100_000;

  @Option(
      names = "--kv-codec",
      paramLabel = "TIER=NAME",
      description =
          "How dram, cxl, ssd or remote stores KV: raw, int8, cachegen-finest, cachegen-fine,"
              + " cachegen or cachegen-coarse. All but raw are lossy: such a tier is used only for"
              + " requests that allow it. It has room for more than three times as many blocks;"
              + " cachegen also moves less than half the bytes of int8 (default: raw).")
  private Map<String, String> codecs = new LinkedHashMap<>();

  @Option(
      names = "--kv-link",
      paramLabel = "TIER=BYTES_PER_SECOND[:NANOS]",
      description =
          "Emulate a slower link to dram, cxl, ssd or remote, with a price of NANOS per copy; for"
              + " tests and studies.")
  private Map<String, String> links = new HashMap<>();

  @Option(
      names = "--kv-copy-share",
      paramLabel = "PERCENT",
      description =
          "How much of the time a copy thread works while a step is under way, 1 to 100; the rest"
              + " it leaves the processor to the step. 100 copies at full speed (default:"
              + " ${DEFAULT-VALUE}).")
  private int copyShare = TierSettings.COPY_SHARE_PERCENT;

  /** Where the persistent tier lies; null without one. */
  public @Nullable Path persistentDirectory() {
    return ssd;
  }

  /** Opens the tiers for a runner; the caller closes them before the runner. Null without any. */
  public @Nullable WorkerTiers open(ModelRunner runner) {
    try {
      TierSettings settings = settings();
      return settings.any()
          ? WorkerTiers.open(settings, arena(runner), runner.modelFingerprint())
          : null;
    } catch (IOException | IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private static KvArena arena(ModelRunner runner) {
    return switch (runner) {
      case CpuModelRunner cpu -> cpu.arena();
      case HashModelRunner hash -> hash.arena();
      default -> throw new IllegalArgumentException("this runner's KV cannot be copied");
    };
  }

  private TierSettings settings() {
    if (ssd == null && ssdDevice != null) {
      throw new IllegalArgumentException("--kv-ssd-device: needs --kv-ssd for its index");
    }
    if (remoteBlocks < 1 || remoteBlocks > 1 << 27) {
      throw new IllegalArgumentException(
          "--kv-remote-blocks: is " + remoteBlocks + ", must be 1 to " + (1 << 27));
    }
    long usual = Math.min(ssdSize.bytes(), Long.MAX_VALUE / DAILY_TURNS) * DAILY_TURNS;
    long daily = ssdDailyWrites == null ? usual : ssdDailyWrites.bytes();
    TierSettings settings =
        new TierSettings(
            dram == null ? 0 : dram.bytes(),
            cxl.stream().map(TierOptions::device).toList(),
            ssd == null ? null : new TierSettings.Ssd(ssd, ssdDevice, ssdSize.bytes(), daily),
            remote == null ? null : new TierSettings.Remote(remote, remoteBlocks),
            emulatedLinks());
    if (copyShare < 1 || copyShare > 100) {
      throw new IllegalArgumentException("--kv-copy-share: is " + copyShare + ", must be 1 to 100");
    }
    links.keySet().forEach(name -> existing("--kv-link", name, settings));
    return settings.withCodecs(codecs(settings)).withCopyShare(copyShare);
  }

  private Map<TierKind, String> codecs(TierSettings settings) {
    Map<TierKind, String> byKind = new EnumMap<>(TierKind.class);
    codecs.forEach((name, codec) -> byKind.put(existing("--kv-codec", name, settings), codec));
    return byKind;
  }

  private static TierKind existing(String option, String name, TierSettings settings) {
    TierKind tier = kind(option, name);
    if (!settings.has(tier)) {
      throw new IllegalArgumentException(option + ": there is no tier " + name);
    }
    return tier;
  }

  private static TierKind kind(String option, String name) {
    for (TierKind kind : TierKind.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).equals(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(option + ": '" + name + "' is not dram, cxl, ssd or remote");
  }

  private static CxlDevice device(String text) {
    String[] parts = text.split(":", -1);
    try {
      if (parts[0].equals("node") && parts.length == 3) {
        return new CxlDevice.Node(Integer.parseInt(parts[1]), MemorySize.parse(parts[2]).bytes());
      }
      if (parts[0].startsWith("/") && parts.length == 2) {
        return new CxlDevice.Dax(Path.of(parts[0]), MemorySize.parse(parts[1]).bytes());
      }
      if (parts[0].equals("emulated") && parts.length == 4) {
        long speed = Long.parseLong(parts[2]);
        return new CxlDevice.Emulated(
            MemorySize.parse(parts[1]).bytes(), speed, speed, Long.parseLong(parts[3]));
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--kv-cxl: '" + text + "': " + e.getMessage(), e);
    }
    throw new IllegalArgumentException(
        "--kv-cxl: '"
            + text
            + "' is not node:N:SIZE, /dev/daxN.M:SIZE or emulated:SIZE:BYTES_PER_SECOND:NANOS");
  }

  private Map<TierKind, LinkSpeed> emulatedLinks() {
    Map<TierKind, LinkSpeed> speeds = new EnumMap<>(TierKind.class);
    links.forEach((tier, text) -> {
      TierKind kind = kind("--kv-link", tier);
      String[] parts = text.split(":", -1);
      try {
        long nanos = parts.length > 1 ? Long.parseLong(parts[1]) : 0;
        speeds.put(kind, new LinkSpeed(Long.parseLong(parts[0]), nanos));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("--kv-link: '" + text + "': " + e.getMessage(), e);
      }
    });
    return speeds;
  }
}

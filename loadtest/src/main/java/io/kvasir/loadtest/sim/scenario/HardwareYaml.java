package io.kvasir.loadtest.sim.scenario;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.loadtest.sim.device.DeviceProfile;
import io.kvasir.loadtest.sim.device.FittedStepTime;
import io.kvasir.loadtest.sim.device.ModelShape;
import io.kvasir.loadtest.sim.device.ModelShapes;
import io.kvasir.loadtest.sim.device.Roofline;
import io.kvasir.loadtest.sim.link.LinkProfile;
import io.kvasir.loadtest.sim.link.SimTier;
import io.kvasir.loadtest.workload.WorkloadException;
import io.kvasir.loadtest.workload.yaml.YamlMap;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.model.gguf.ModelFormatException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads the model, the device and the tiers of a scenario. */
final class HardwareYaml {
  private static final double GIGA = 1e9;
  private static final double MEMORY_SHARE = 0.9;
  private static final double RESERVE_GB = 1;
  private static final double GB_MAX = 1e9;
  private static final int BLOCK_TOKENS_MAX = 1 << 14;
  private static final int KV_BLOCKS_MAX = 1 << 24;
  private static final int TIER_BLOCKS_MAX = 1 << 30;
  private static final int DEVICES_MAX = 4096;
  private static final double COPY_MICROS_MAX = 60e6;

  /** Blocks as stated, or what they are reckoned from. */
  private record KvRoom(int blocks, double memoryShare, double reserveGb) {}

  private final Path file;

  HardwareYaml(Path file) {
    this.file = file;
  }

  static Path resolve(Path scenario, String name) {
    Path named = Path.of(name);
    Path parent = scenario.toAbsolutePath().getParent();
    return named.isAbsolute() || parent == null ? named : parent.resolve(named);
  }

  Hardware read(YamlMap map) {
    int blockTokens =
        map.whole("block_tokens", BlockGeometry.DEFAULT_BLOCK_TOKENS, 1, BLOCK_TOKENS_MAX);
    Object device = map.required("device");
    boolean fitted = device instanceof Map<?, ?> keys && keys.containsKey("fit");
    return fitted ? fitted(map, blockTokens) : published(map, blockTokens);
  }

  private Hardware fitted(YamlMap map, int blockTokens) {
    FittedStepTime fit = map.map("device", this::fit).orElseThrow();
    ModelShape model = map.has("model") ? model(map) : fit.shape();
    int blocks = room(map).blocks();
    if (blocks < 1) {
      throw map.error("kv", "a fitted device needs the number of its blocks: kv: {blocks: N}");
    }
    String origin = "stated by the scenario";
    return new Hardware(model, fit, blockTokens, blocks, origin, tiers(map, model, blockTokens, 0));
  }

  private FittedStepTime fit(YamlMap map) {
    String name = String.valueOf(map.required("fit"));
    try {
      return FittedStepTime.read(resolve(file, name));
    } catch (WorkloadException e) {
      throw map.error("fit", String.valueOf(e.getMessage()));
    }
  }

  private Hardware published(YamlMap map, int blockTokens) {
    ModelShape model = model(map);
    DeviceProfile device =
        map.get("device").orElseThrow() instanceof String name
            ? device(map, "device", name)
            : map.map("device", HardwareYaml::device).orElseThrow();
    KvRoom room = room(map);
    int blocks = room.blocks();
    String origin = "stated by the scenario";
    if (blocks == 0) {
      try {
        long reserve = Math.round(room.reserveGb() * GIGA);
        blocks = device.kvBlocks(model, blockTokens, room.memoryShare(), reserve);
      } catch (IllegalArgumentException e) {
        throw map.error("device", String.valueOf(e.getMessage()));
      }
      origin =
          "memory * %s - weights - %s GB for activations"
              .formatted(room.memoryShare(), room.reserveGb());
    }
    return new Hardware(
        model,
        new Roofline(model, device),
        blockTokens,
        blocks,
        origin,
        tiers(map, model, blockTokens, device.hostBytesPerSecond()));
  }

  private static KvRoom room(YamlMap map) {
    return map.map(
            "kv",
            kv ->
                new KvRoom(
                    kv.whole("blocks", 0, 1, KV_BLOCKS_MAX),
                    kv.positive("memory_share", MEMORY_SHARE, 1),
                    kv.number("reserve_gb", RESERVE_GB, 0, GB_MAX)))
        .orElse(new KvRoom(0, MEMORY_SHARE, RESERVE_GB));
  }

  private ModelShape model(YamlMap map) {
    String name = String.valueOf(map.required("model"));
    if (!name.endsWith(".gguf")) {
      return ModelShapes.find(name)
          .orElseThrow(() ->
              map.error(
                  "model",
                  "'%s' is neither a .gguf file nor one of %s"
                      .formatted(name, String.join(", ", ModelShapes.names()))));
    }
    try (ModelFile model = ModelFile.open(resolve(file, name))) {
      return ModelShape.of(model);
    } catch (ModelFormatException e) {
      throw map.error("model", String.valueOf(e.getMessage()));
    }
  }

  private static DeviceProfile device(YamlMap map, String key, String name) {
    return DeviceProfile.find(name)
        .orElseThrow(() ->
            map.error(
                key,
                "'%s' is not one of %s; kvasir simulate calibrate fits this machine"
                    .formatted(name, String.join(", ", DeviceProfile.names()))));
  }

  private static DeviceProfile device(YamlMap map) {
    DeviceProfile device = device(map, "name", String.valueOf(map.required("name")));
    double overheadMicros = device.stepOverheadNanos() / 1e3;
    return device
        .reaching(
            map.positive("flops_share", device.flopsShare(), 1),
            map.positive("bandwidth_share", device.bandwidthShare(), 1),
            Math.round(1e3 * map.number("step_overhead_us", overheadMicros, 0, 1e6)))
        .times(map.whole("count", 1, 1, DEVICES_MAX));
  }

  private static List<SimTier> tiers(
      YamlMap map, ModelShape model, int blockTokens, double hostBytesPerSecond) {
    long blockBytes = model.geometry(blockTokens).blockBytes();
    List<SimTier> tiers =
        map.has("tiers")
            ? map.maps("tiers", tier -> tier(tier, blockBytes, hostBytesPerSecond))
            : List.of();
    if (tiers.stream().map(SimTier::name).distinct().count() != tiers.size()) {
      throw map.error("tiers", "two have the same name; give one a name of its own");
    }
    for (int i = 1; i < tiers.size(); i++) {
      if (tiers.get(i).kind().compareTo(tiers.get(i - 1).kind()) < 0) {
        throw map.error("tiers", "are in the order dram, cxl, ssd, remote, as a worker has them");
      }
    }
    return tiers;
  }

  private static SimTier tier(YamlMap map, long blockBytes, double hostBytesPerSecond) {
    TierKind kind = ScenarioYaml.choice(map, "kind", TierKind.DRAM);
    double host = kind == TierKind.DRAM ? hostBytesPerSecond / GIGA : 0;
    double either = map.positive("gb_per_s", host, GB_MAX);
    double read = map.positive("read_gb_per_s", either, GB_MAX);
    double write = map.positive("write_gb_per_s", either, GB_MAX);
    if (read <= 0 || write <= 0) {
      throw map.error("gb_per_s", "a bandwidth above 0 is needed for both directions");
    }
    double sizeGb = map.positive("size_gb", 0, GB_MAX);
    double slots = sizeGb * GIGA / blockBytes + map.whole("blocks", 0, 1, TIER_BLOCKS_MAX);
    if (slots < 1 || slots > TIER_BLOCKS_MAX) {
      throw map.error("size_gb", "give size_gb or blocks for 1 to 2^30 blocks");
    }
    long pieceNanos = Math.round(1e3 * map.number("per_copy_us", 0, 0, COPY_MICROS_MAX));
    return new SimTier(
        kind,
        map.text("name", ScenarioYaml.lower(kind)),
        (int) slots,
        new LinkProfile(read * GIGA, write * GIGA, pieceNanos));
  }
}

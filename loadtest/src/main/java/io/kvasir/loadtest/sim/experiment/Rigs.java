package io.kvasir.loadtest.sim.experiment;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.loadtest.sim.device.DeviceProfile;
import io.kvasir.loadtest.sim.device.ModelShape;
import io.kvasir.loadtest.sim.device.ModelShapes;
import io.kvasir.loadtest.sim.device.Roofline;
import io.kvasir.loadtest.sim.link.LinkProfile;
import io.kvasir.loadtest.sim.link.SimTier;
import io.kvasir.loadtest.sim.scenario.Hardware;
import java.util.List;

/** Hardware of the experiments, from published figures. */
final class Rigs {
  static final int BLOCK_TOKENS = BlockGeometry.DEFAULT_BLOCK_TOKENS;

  private static final double MEMORY_SHARE = 0.9;
  private static final long RESERVE_BYTES = 1_000_000_000;
  private static final long HOST_BYTES = 60_000_000_000L;

  private Rigs() {}

  /**
   * A model on a device with 60 GB of host memory for KV.
   *
   * @param bytesPerSecond of the link to the host, each direction; 0: what the device reaches
   * @param pieceNanos cost of each piece that is copied
   */
  static Hardware of(String modelName, String deviceName, double bytesPerSecond, long pieceNanos) {
    ModelShape model = ModelShapes.find(modelName).orElseThrow();
    DeviceProfile device = DeviceProfile.find(deviceName).orElseThrow();
    double speed = bytesPerSecond == 0 ? device.hostBytesPerSecond() : bytesPerSecond;
    int slots = (int) (HOST_BYTES / model.geometry(BLOCK_TOKENS).blockBytes());
    return new Hardware(
        model,
        new Roofline(model, device),
        BLOCK_TOKENS,
        device.kvBlocks(model, BLOCK_TOKENS, MEMORY_SHARE, RESERVE_BYTES),
        "memory * 0.9 - weights - 1 GB for activations",
        List.of(
            new SimTier(TierKind.DRAM, "host", slots, new LinkProfile(speed, speed, pieceNanos))));
  }

  /** The same with another number of blocks in the device arena. */
  static Hardware withBlocks(Hardware hardware, int blocks, String origin) {
    return new Hardware(
        hardware.model(),
        hardware.stepTime(),
        hardware.blockTokens(),
        blocks,
        origin,
        hardware.tiers());
  }
}

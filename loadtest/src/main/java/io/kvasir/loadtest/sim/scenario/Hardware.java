package io.kvasir.loadtest.sim.scenario;

import io.kvasir.loadtest.sim.device.ModelShape;
import io.kvasir.loadtest.sim.device.StepTime;
import io.kvasir.loadtest.sim.link.SimTier;
import java.util.List;

/**
 * What the systems of a scenario run on.
 *
 * @param model what is served
 * @param stepTime how long steps take
 * @param blockTokens tokens of a block
 * @param kvBlocks blocks in the device arena
 * @param kvOrigin where that number is from
 * @param tiers memory below it
 */
public record Hardware(
    ModelShape model,
    StepTime stepTime,
    int blockTokens,
    int kvBlocks,
    String kvOrigin,
    List<SimTier> tiers) {}

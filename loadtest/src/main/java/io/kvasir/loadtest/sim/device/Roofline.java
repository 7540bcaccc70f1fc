package io.kvasir.loadtest.sim.device;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A step takes as long as its computing or its reading, whichever is longer, and a fixed overhead
 * (Williams, Waterman, Patterson: Roofline, CACM 2009).
 *
 * <p>Computing: two operations per weight and token, and four per layer, head element and pair of
 * tokens for attention. Reading: all weights once, each request's KV once, and the KV written. A
 * sampled token's row of logits is counted like any other weight.
 *
 * @param model what computes
 * @param device where
 */
public record Roofline(ModelShape model, DeviceProfile device) implements StepTime {

  @Override
  public long nanos(StepLoad load) {
    double attention = 4.0 * model.layers() * model.heads() * model.headDim() * load.pairs();
    double compute =
        (2.0 * model.parameters() * load.tokens() + attention)
            / (device.flopsPerSecond() * device.flopsShare());
    double bytes =
        model.weightBytes()
            + (double) model.kvTokenBytes() * (load.contextTokens() + load.tokens());
    double memory = bytes / (device.bytesPerSecond() * device.bandwidthShare());
    return device.stepOverheadNanos() + Math.round(1e9 * Math.max(compute, memory));
  }

  @Override
  public Map<String, Object> assumptions() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("step_time", "max(compute, memory) + overhead");
    facts.put("device", device.assumptions());
    return facts;
  }
}

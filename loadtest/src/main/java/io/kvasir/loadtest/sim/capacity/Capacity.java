package io.kvasir.loadtest.sim.capacity;

import io.kvasir.loadtest.sim.device.DeviceProfile;
import io.kvasir.loadtest.sim.device.ModelShape;
import io.kvasir.loadtest.sim.device.Roofline;
import io.kvasir.loadtest.sim.device.StepLoad;
import io.kvasir.loadtest.workload.SloTargets;

/**
 * What one device does for requests of one size: the four metrics of "Challenges in Deploying
 * Long-Context Transformers" (Fu, arXiv 2405.08944), namely concurrency, prefill, decode and
 * context switch, and what follows from them for two latency targets. No queue is looked at.
 *
 * @param model what is served
 * @param device where
 * @param inputTokens of a request's prompt
 * @param outputTokens of its answer
 * @param kvBytes KV of a whole request
 * @param concurrency requests whose KV fits beside the weights; 0: not even one
 * @param prefillSeconds one prompt, alone
 * @param decodeSeconds the answer of one request, alone
 * @param switchSeconds moving one request's KV out and another's in
 * @param batch most requests that are decoded together within the target, at most the concurrency
 * @param tbtMillis time between tokens in that batch
 * @param requestsPerSecond with that batch always full and every prompt computed once
 * @param meetsTtft whether a request fits, and its prompt alone meets its target
 */
public record Capacity(
    ModelShape model,
    DeviceProfile device,
    int inputTokens,
    int outputTokens,
    long kvBytes,
    int concurrency,
    double prefillSeconds,
    double decodeSeconds,
    double switchSeconds,
    int batch,
    double tbtMillis,
    double requestsPerSecond,
    boolean meetsTtft) {
  private static final double NANOS = 1e9;

  /**
   * Works it out.
   *
   * @param memoryShare share of the device's memory that is used at all
   * @param reserveBytes kept free for activations
   * @param slo targets; 0: none
   */
  public static Capacity of(
      ModelShape model,
      DeviceProfile device,
      int inputTokens,
      int outputTokens,
      double memoryShare,
      long reserveBytes,
      SloTargets slo) {
    Roofline roofline = new Roofline(model, device);
    long kvBytes = model.kvTokenBytes() * ((long) inputTokens + outputTokens);
    double room = device.memoryBytes() * memoryShare - model.weightBytes() - reserveBytes;
    int concurrency = (int) Math.clamp(Math.floor(room / kvBytes), 0, 1 << 20);
    double prefill = step(roofline, 1, 0, inputTokens);
    // Half of the answer is there on average.
    long context = inputTokens + outputTokens / 2L;
    double decode = outputTokens * step(roofline, 1, context, 1);
    int batch = batch(roofline, context, concurrency, slo.tbtMillis());
    double tbt = batch == 0 ? 0 : step(roofline, batch, context, 1);
    double perRequest = batch == 0 ? 0 : prefill + outputTokens * tbt / batch;
    return new Capacity(
        model,
        device,
        inputTokens,
        outputTokens,
        kvBytes,
        concurrency,
        prefill,
        decode,
        2 * kvBytes / device.hostBytesPerSecond(),
        batch,
        1e3 * tbt,
        perRequest == 0 ? 0 : 1 / perRequest,
        concurrency > 0 && (slo.ttftMillis() == 0 || 1e3 * prefill <= slo.ttftMillis()));
  }

  /** Tokens of the model's longest sequence. */
  int contextTokens() {
    return model.contextTokens();
  }

  /** Whether a request is longer than the model's context, so that the row is arithmetic only. */
  boolean exceedsContext() {
    return (long) inputTokens + outputTokens > model.contextTokens();
  }

  private static int batch(Roofline roofline, long context, int concurrency, int tbtMillis) {
    if (tbtMillis == 0) {
      return concurrency;
    }
    int low = 0;
    int high = concurrency;
    while (low < high) {
      int middle = (low + high + 1) / 2;
      if (1e3 * step(roofline, middle, context, 1) <= tbtMillis) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private static double step(Roofline roofline, int requests, long start, long count) {
    StepLoad load = new StepLoad();
    for (int i = 0; i < requests; i++) {
      load.add(start, count);
    }
    return roofline.nanos(load) / NANOS;
  }
}

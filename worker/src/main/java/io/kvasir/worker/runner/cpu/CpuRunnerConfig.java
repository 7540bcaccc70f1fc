package io.kvasir.worker.runner.cpu;

/**
 * Sizes of a {@link CpuModelRunner}.
 *
 * @param blockCount KV blocks, at least 1
 * @param blockTokens tokens of one block, at least 1; multiples of 16 suit the vector kernels
 * @param maxBatchTokens most tokens of one batch, at least 1; activations are allocated for it
 * @param threads threads that compute, the worker loop's own included, at least 1
 * @param scalar use the scalar kernels, the oracle of the vector ones: same bits, far slower
 */
public record CpuRunnerConfig(
    int blockCount, int blockTokens, int maxBatchTokens, int threads, boolean scalar) {

  /** Most threads. */
  public static final int MAX_THREADS = 1024;

  public CpuRunnerConfig {
    require("blockCount", blockCount, Integer.MAX_VALUE);
    require("blockTokens", blockTokens, 1 << 16);
    require("maxBatchTokens", maxBatchTokens, 1 << 20);
    require("threads", threads, MAX_THREADS);
  }

  private static void require(String field, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(field + " must be 1 to " + most + ", is " + value);
    }
  }
}

package io.kvasir.loadtest.interference;

import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.runner.cpu.CpuModelRunner;
import io.kvasir.worker.runner.cpu.CpuRunnerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Steps of a batch that decodes: one token for each of a few requests. One thread at a time. */
final class DecodeSteps implements AutoCloseable {
  private static final int BLOCK_TOKENS = 16;

  private final ModelFile model;
  private final CpuModelRunner runner;
  private final List<BatchSequence> decodes = new ArrayList<>();
  private final float[][] logits;

  /**
   * Loads the model and computes the KV that the decodes read.
   *
   * @param file of the model
   * @param requests in the batch
   * @param position of the token that each decodes
   * @param threads that compute
   */
  DecodeSteps(Path file, int requests, int position, int threads) {
    model = ModelFile.open(file);
    int blocksEach = Math.ceilDiv(position + 1, BLOCK_TOKENS);
    runner =
        new CpuModelRunner(
            model,
            new CpuRunnerConfig(requests * blocksEach, BLOCK_TOKENS, position + 1, threads, false));
    logits = new float[requests][runner.vocabularySize()];
    int[] tokens =
        IntStream.rangeClosed(0, position).map(p -> p * 7 % runner.vocabularySize()).toArray();
    for (int i = 0; i < requests; i++) {
      int[] blocks = IntStream.range(i * blocksEach, (i + 1) * blocksEach).toArray();
      runner.execute(List.of(new BatchSequence(tokens, 0, position + 1, blocks, true)), logits);
      decodes.add(new BatchSequence(tokens, position, 1, blocks, true));
    }
  }

  /** Takes so many steps; how long each took, nanoseconds, shortest first. */
  long[] run(int steps) {
    long[] nanos = new long[steps];
    for (int i = 0; i < steps; i++) {
      long begin = System.nanoTime();
      runner.execute(decodes, logits);
      nanos[i] = System.nanoTime() - begin;
    }
    Arrays.sort(nanos);
    return nanos;
  }

  @Override
  public void close() {
    runner.close();
    model.close();
  }
}

package io.kvasir.loadtest.jmh;

import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.runner.cpu.CpuModelRunner;
import io.kvasir.worker.runner.cpu.CpuRunnerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long does the CPU runner take for a token of the bundled model: one decode, eight decodes in
 * one batch (both at position 128), a prefill of 256? The scalar kernels are the baseline. Single
 * steps are timed, so that the median is that of steps no other program interrupted.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 1)
public class CpuRunnerBenchmark {
  private static final int PREFILL = 256;
  private static final int POSITION = 128;
  private static final int BATCH = 8;
  private static final int BLOCKS_EACH = PREFILL / 16;

  /** The implementation: scalar is the baseline. */
  @Param({"false", "true"})
  public boolean scalar;

  /** Threads that compute. */
  @Param({"1", "2"})
  public int threads;

  private ModelFile model;
  private CpuModelRunner runner;
  private float[][] logits;
  private List<BatchSequence> decodes;
  private List<BatchSequence> prefill;

  /** Loads the bundled model and computes the KV that the decodes read. */
  @Setup(Level.Trial)
  public void load() {
    Path home = Path.of(System.getProperty("kvasir.home", "."));
    model = ModelFile.open(home.resolve("worker/models/kvasir-prose-q8_0.gguf"));
    runner =
        new CpuModelRunner(
            model, new CpuRunnerConfig(BATCH * BLOCKS_EACH, 16, PREFILL, threads, scalar));
    logits = new float[BATCH][runner.vocabularySize()];
    decodes = new ArrayList<>();
    int[] tokens = IntStream.range(0, PREFILL).map(p -> p * 7 % runner.vocabularySize()).toArray();
    for (int i = 0; i < BATCH; i++) {
      int[] blocks = IntStream.range(i * BLOCKS_EACH, (i + 1) * BLOCKS_EACH).toArray();
      prefill = List.of(new BatchSequence(tokens, 0, PREFILL, blocks, true));
      runner.execute(prefill, logits);
      decodes.add(new BatchSequence(tokens, POSITION, 1, blocks, true));
    }
  }

  /** Closes runner and file. */
  @TearDown(Level.Trial)
  public void close() {
    runner.close();
    model.close();
  }

  /** One token of one sequence. */
  @Benchmark
  public float[][] decodeOne() {
    runner.execute(decodes.subList(0, 1), logits);
    return logits;
  }

  /** One token each of eight sequences. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public float[][] decodeEight() {
    runner.execute(decodes, logits);
    return logits;
  }

  /** A prompt of 256 tokens. */
  @Benchmark
  @OperationsPerInvocation(PREFILL)
  public float[][] prefill() {
    runner.execute(prefill, logits);
    return logits;
  }
}

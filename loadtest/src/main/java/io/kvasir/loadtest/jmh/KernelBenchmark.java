package io.kvasir.loadtest.jmh;

import io.kvasir.worker.model.gguf.GgmlType;
import io.kvasir.worker.model.gguf.Tensor;
import io.kvasir.worker.runner.cpu.Kernels;
import io.kvasir.worker.runner.cpu.MatrixPacker;
import io.kvasir.worker.runner.cpu.PackedMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long does one thread take to multiply a 1024 x 1024 weight matrix with one input (decode) or
 * many (prefill)? The baseline of the vector kernels is their scalar twin, which computes the same
 * bits. Single calls are timed, so that the median is that of calls no other program interrupted.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class KernelBenchmark {
  private static final int SIZE = 1024;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** The implementation: scalar is the baseline. */
  @Param({"vector", "scalar"})
  public String kernels = "vector";

  /** Weights in memory. */
  @Param({"Q8_0", "F32"})
  public String type = "Q8_0";

  /** Inputs multiplied at once. */
  @Param({"1", "8", "64"})
  public int rows;

  private Kernels chosen = Kernels.vector();
  private Arena arena;
  private PackedMatrix weights;
  private float[] inputs;
  private float[] outputs;

  /** Packs a matrix of equal weights: values do not change the time. */
  @Setup(Level.Trial)
  public void pack() {
    chosen = kernels.equals("scalar") ? Kernels.scalar() : Kernels.vector();
    GgmlType ggml = GgmlType.valueOf(type);
    MemorySegment data = MemorySegment.ofArray(new byte[(int) ggml.bytesFor(SIZE * SIZE)]);
    for (long at = 0; at < data.byteSize(); at += ggml.blockBytes()) {
      if (ggml == GgmlType.F32) {
        data.set(FLOAT, at, 0.01f);
      } else {
        data.set(SHORT, at, Float.floatToFloat16(0.01f));
      }
    }
    Tensor tensor = new Tensor("weights", ggml, new long[] {SIZE, SIZE}, data);
    arena = Arena.ofConfined();
    weights = MatrixPacker.pack(tensor, arena.allocate(MatrixPacker.bytes(tensor), 1 << 21));
    int padded = Math.ceilDiv(rows, Kernels.ROW_TILE) * Kernels.ROW_TILE;
    inputs = new float[padded * SIZE];
    outputs = new float[padded * SIZE];
    Arrays.fill(inputs, 0.5f);
  }

  /** Frees the matrix. */
  @TearDown(Level.Trial)
  public void free() {
    arena.close();
  }

  /** One matrix product. */
  @Benchmark
  public float[] multiply() {
    chosen.matMul(weights, 0, weights.panels(), inputs, SIZE, rows, outputs, SIZE);
    return outputs;
  }
}

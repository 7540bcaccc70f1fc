package io.kvasir.worker.runner.cpu;

import io.kvasir.worker.runner.cpu.PackedMatrix.Kind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the vector kernels on made-up data until they beat the scalar ones, that is, until the JIT
 * compiler has compiled them. Thread-safe.
 */
final class KernelWarmUp {
  private static final Logger log = LoggerFactory.getLogger(KernelWarmUp.class);
  private static final AtomicBoolean started = new AtomicBoolean();
  private static volatile boolean done;

  /** Rounds in a row that must be fast. */
  private static final int FAST_ROUNDS = 5;

  private static final int CALLS_PER_ROUND = 20;
  private static final long NANOS_MAX = 20_000_000_000L;
  private static final int COLUMNS = 96;
  private static final int ROWS = 64;
  private static final int BATCH = 5;
  private static final int HEAD_DIM = 64;
  private static final int BLOCK_TOKENS = 16;
  private static final int TOKENS = 40;

  private final PackedMatrix floats;
  private final PackedMatrix bytes;
  private final MemorySegment block;
  private final float[] x = new float[COLUMNS * 2 * Kernels.ROW_TILE];
  private final float[] weight = new float[COLUMNS];
  private final float[] out = new float[ROWS * 2 * Kernels.ROW_TILE];
  private final float[] scores = new float[TOKENS + BLOCK_TOKENS + Kernels.LANES];
  private final float[] lanes = new float[Kernels.LANES];

  private KernelWarmUp(Arena arena) {
    floats = matrix(arena, Kind.F32, COLUMNS - 3);
    bytes = matrix(arena, Kind.Q8, COLUMNS);
    block = arena.allocate((long) HEAD_DIM * BLOCK_TOKENS * Float.BYTES, 64);
  }

  private static PackedMatrix matrix(Arena arena, Kind kind, int columns) {
    long size = PackedMatrix.bytes(kind, ROWS, columns);
    return new PackedMatrix(kind, ROWS, columns, arena.allocate(size, 64));
  }

  /** Begins in the background; later calls do nothing. */
  static void start() {
    if (started.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("kvasir-warm-up").start(KernelWarmUp::warmUp);
    }
  }

  /** Whether the vector kernels are the faster ones by now. */
  static boolean done() {
    return done;
  }

  private static void warmUp() {
    long begin = System.nanoTime();
    try (Arena arena = Arena.ofShared()) {
      KernelWarmUp data = new KernelWarmUp(arena);
      Kernels scalar = new ScalarKernels();
      Kernels vector = new VectorKernels();
      int fast = 0;
      while (fast < FAST_ROUNDS && System.nanoTime() - begin < NANOS_MAX) {
        long vectorNanos = data.nanos(vector);
        fast = vectorNanos < data.nanos(scalar) ? fast + 1 : 0;
      }
    }
    done = true;
    log.info("vector kernels in use after {} ms", (System.nanoTime() - begin) / 1_000_000);
  }

  private long nanos(Kernels kernels) {
    long begin = System.nanoTime();
    for (int call = 0; call < CALLS_PER_ROUND; call++) {
      everyKernel(kernels);
    }
    return System.nanoTime() - begin;
  }

  /** Every path that a model takes, whole vectors and left-over elements. */
  private void everyKernel(Kernels kernels) {
    for (int batch = 1; batch <= BATCH; batch += BATCH - 1) {
      kernels.matMul(floats, 0, floats.panels(), x, COLUMNS, batch, out, ROWS);
      kernels.matMul(bytes, 0, bytes.panels(), x, COLUMNS, batch, out, ROWS);
    }
    kernels.rmsNorm(x, 0, weight, 1e-5f, out, 0, COLUMNS - 3, lanes);
    kernels.swiGlu(x, 0, weight, 0, COLUMNS - 3);
    for (int at = 0; at < TOKENS; at += BLOCK_TOKENS) {
      int slots = Math.min(BLOCK_TOKENS, TOKENS - at);
      long stride = (long) BLOCK_TOKENS * Float.BYTES;
      kernels.scores(block, 0, HEAD_DIM, stride, slots, x, 0, 1f, scores, at);
    }
    kernels.softmax(scores, TOKENS, lanes);
    for (int at = 0; at < TOKENS; at += BLOCK_TOKENS) {
      int slots = Math.min(BLOCK_TOKENS, TOKENS - at);
      long stride = (long) HEAD_DIM * Float.BYTES;
      kernels.addValues(block, 0, stride, HEAD_DIM, slots, scores, at, out, 0);
      kernels.addValues(block, 0, stride, HEAD_DIM / 2 - 3, slots, scores, at, out, 0);
    }
    Arrays.fill(x, 1f);
  }
}

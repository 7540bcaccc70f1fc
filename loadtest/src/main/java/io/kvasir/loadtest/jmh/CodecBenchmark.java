package io.kvasir.loadtest.jmh;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.offload.codec.BlockCodec;
import io.kvasir.offload.codec.BlockCodecs;
import io.kvasir.offload.codec.CodecTables;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
 * How fast does one thread encode and decode KV? The baseline is the copy of the same blocks (raw
 * is the same through the codec's interface). Every call takes the next of 64 blocks, which lie
 * outside the second-level cache together; {@code megabytes} is the rate in 10^6 bytes of KV per
 * second.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
  private static final int BLOCKS = 64;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  /** The codec. */
  @Param({"raw", "int8", "cachegen-fine", "cachegen", "cachegen-coarse"})
  public String codec = "raw";

  /** Shape of a block: the bundled model's, or four layers of one of Llama-3-8B's. */
  @Param({"bundled", "llama8b/8"})
  public String shape = "bundled";

  private Arena arena;
  private BlockCodec used;
  private MemorySegment[] blocks;
  private MemorySegment[] encoded;
  private MemorySegment out;
  private MemorySegment back;
  private int next;

  /** Counts bytes of KV; JMH divides them by the time. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Rate {
    /** 10^6 bytes of KV. */
    public double megabytes;

    /** Begins an iteration. */
    @Setup(Level.Iteration)
    public void clear() {
      megabytes = 0;
    }
  }

  /** Makes KV with channels that have a mean and a spread of their own. */
  @Setup(Level.Trial)
  public void fill() {
    BlockGeometry geometry =
        shape.equals("bundled")
            ? new BlockGeometry(6, 2, 32, 4, 16)
            : new BlockGeometry(4, 8, 128, 4, 16);
    used = new BlockCodecs(geometry, CodecTables.defaults()).named(codec).get();
    arena = Arena.ofConfined();
    blocks = new MemorySegment[BLOCKS];
    encoded = new MemorySegment[BLOCKS];
    out = arena.allocate(used.maxEncodedBytes(), 64);
    back = arena.allocate(geometry.blockBytes(), 64);
    Random random = new Random(1);
    for (int i = 0; i < BLOCKS; i++) {
      blocks[i] = arena.allocate(geometry.blockBytes(), 64);
      for (long at = 0; at < geometry.blockBytes(); at += Float.BYTES) {
        double spread = 0.5 + (at / 64 * 31 % 17) / 8.0;
        blocks[i].set(FLOAT, at, (float) (random.nextGaussian() * spread));
      }
      int bytes = used.encode(blocks[i], 16, out);
      encoded[i] = arena.allocate(bytes, 64).copyFrom(out.asSlice(0, bytes));
    }
  }

  /** Frees the blocks. */
  @TearDown(Level.Trial)
  public void free() {
    arena.close();
  }

  /** Copies a block. */
  @Benchmark
  public MemorySegment copy(Rate rate) {
    return back.copyFrom(take(rate));
  }

  /** Encodes a block. */
  @Benchmark
  public int encode(Rate rate) {
    return used.encode(take(rate), 16, out);
  }

  /** Decodes a block. */
  @Benchmark
  public MemorySegment decode(Rate rate) {
    take(rate);
    used.decode(encoded[next], 16, back);
    return back;
  }

  private MemorySegment take(Rate rate) {
    next = (next + 1) % BLOCKS;
    rate.megabytes += blocks[next].byteSize() / 1e6;
    return blocks[next];
  }
}

package io.kvasir.offload.codec;

import io.kvasir.kvpool.layout.BlockGeometry;
import java.lang.foreign.MemorySegment;

/**
 * Makes {@link CodecTables} from sample KV of a model: counts, for each class of channels, how
 * often each quantised delta occurs. On the KV of two small models such tables saved 0.1 to 0.7 %
 * over the defaults, so nothing makes them by itself. Confined to one thread.
 */
public final class CodecProfiler {
  private final BlockGeometry geometry;
  private final HalfRows half;
  private final DeltaRows deltas;
  private final HalfQuantiser quantiser;
  private final int[] largest;
  private final long[][] counts = new long[CodecTables.CLASSES][CodecTables.STRIDE];

  /**
   * Starts without samples.
   *
   * @param level the level that the tables are meant for; others can use them, too
   */
  public CodecProfiler(BlockGeometry geometry, CacheGenLevel level) {
    BlockShape.requireFloats("cachegen", geometry);
    this.geometry = geometry;
    half = new HalfRows(geometry);
    deltas = new DeltaRows(half.channels());
    quantiser = new HalfQuantiser(geometry, half, deltas, level);
    largest = CodecTables.defaults().largest();
  }

  /** Counts the deltas of a block's first {@code tokens} tokens. */
  public void add(MemorySegment block, int tokens) {
    BlockShape.check(geometry, block, tokens);
    for (int layer = 0; layer < geometry.layers(); layer++) {
      for (int kv = 0; kv < 2; kv++) {
        quantiser.load(block, layer, kv, tokens);
        for (int token = 1; token < tokens; token++) {
          quantiser.quantise(token, largest);
          for (int c = 0; c < half.channels(); c++) {
            int k = deltas.classes[c];
            counts[k][Math.min(Math.abs(deltas.quotients[c]), largest[k] + 1)]++;
          }
          deltas.advance(token);
        }
      }
    }
  }

  /** The tables of all blocks so far; classes that were rarely seen keep close to the defaults. */
  public CodecTables tables() {
    return CodecTables.of(counts);
  }
}

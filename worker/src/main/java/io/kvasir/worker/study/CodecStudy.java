package io.kvasir.worker.study;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.offload.codec.BlockCodec;
import io.kvasir.offload.codec.BlockCodecs;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.runner.cpu.CpuModelRunner;
import io.kvasir.worker.runner.cpu.CpuRunnerConfig;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * Measures what codecs cost and what they do to a model's text. The text is cut into windows; the
 * KV of the first half of each is computed, passed through the codec block by block, and the model
 * goes on from there: reading the rest of the window (perplexity, agreement of the most probable
 * next tokens) and writing greedily by itself (length until the first difference).
 *
 * <p>Confined to one thread; the model file must stay open.
 */
public final class CodecStudy implements AutoCloseable {
  private static final int WINDOW_MAX = 512;
  private static final int SCORED_MAX = 128;
  private static final int GREEDY_MAX = 64;
  private static final long TIMED_NANOS = 500_000_000;

  private final ModelFile model;
  private final CpuModelRunner runner;
  private final BlockGeometry geometry;
  private final BlockCodecs codecs;
  private final List<int[]> windows;
  private final int prefixTokens;
  private final int scoredTokens;
  private final int greedyTokens;
  private final Continuation continuation;

  /**
   * Cuts the text and prepares the runner.
   *
   * @param codecs makes the codecs for the model's blocks
   * @param windowsMax most pieces of text that are used
   * @param threads threads of the runner
   * @throws IllegalArgumentException if the text or the model's context is too short
   */
  public CodecStudy(
      ModelFile model,
      String text,
      Function<BlockGeometry, BlockCodecs> codecs,
      int windowsMax,
      int threads) {
    this.model = model;
    int blockTokens = BlockGeometry.DEFAULT_BLOCK_TOKENS;
    int window = Math.min(WINDOW_MAX, model.config().contextLength());
    prefixTokens = window / 2 / blockTokens * blockTokens;
    scoredTokens = Math.min(SCORED_MAX, window - prefixTokens - 1);
    greedyTokens = Math.min(GREEDY_MAX, scoredTokens);
    if (prefixTokens == 0) {
      throw new IllegalArgumentException("a context of " + window + " tokens is too short");
    }
    windows = cut(text, prefixTokens + scoredTokens + 1, windowsMax);
    int blocks = Math.ceilDiv(window, blockTokens);
    runner =
        new CpuModelRunner(
            model, new CpuRunnerConfig(2 * blocks, blockTokens, window, threads, false));
    geometry = runner.geometry();
    this.codecs = codecs.apply(geometry);
    continuation = new Continuation(runner, blocks);
  }

  private List<int[]> cut(String text, int length, int most) {
    int[] tokens = model.tokenizer().encode(text, false, false);
    int[] special = model.tokenizer().encode("", true, false);
    int begin = Math.min(special.length, 1);
    List<int[]> pieces = new ArrayList<>();
    for (int at = 0; pieces.size() < most; at += length - begin) {
      int end = at + length - begin;
      if (end > tokens.length) {
        break;
      }
      int[] piece = new int[length];
      System.arraycopy(special, 0, piece, 0, begin);
      System.arraycopy(tokens, at, piece, begin, length - begin);
      pieces.add(piece);
    }
    if (pieces.isEmpty()) {
      throw new IllegalArgumentException(
          "the text has %d tokens, needs %d".formatted(tokens.length, length - begin));
    }
    return pieces;
  }

  /**
   * Runs the windows with each codec.
   *
   * @param names codecs as {@link BlockCodecs} knows them
   */
  public CodecReport run(List<String> names) {
    List<Tally> tallies = new ArrayList<>();
    for (String name : names) {
      tallies.add(new Tally(name, codecs.named(name).get()));
    }
    double nats = 0;
    for (int[] window : windows) {
      continuation.prefill(window, prefixTokens);
      Continuation.Reading plain = continuation.read(window, prefixTokens, scoredTokens);
      int[] written = continuation.write(window, prefixTokens, greedyTokens);
      nats += plain.nats();
      for (Tally tally : tallies) {
        continuation.transform(prefixTokens, tally::pass);
        Continuation.Reading reading = continuation.read(window, prefixTokens, scoredTokens);
        tally.nats += reading.nats();
        tally.equalNext += equal(plain.best(), reading.best());
        int[] own = continuation.write(window, prefixTokens, greedyTokens);
        int different = Arrays.mismatch(written, own);
        tally.equalTokens += different < 0 ? greedyTokens : different;
      }
    }
    double scored = (double) windows.size() * scoredTokens;
    double perplexity = Math.exp(nats / scored);
    return new CodecReport(
        model.name(),
        windows.size(),
        prefixTokens,
        scoredTokens,
        greedyTokens,
        geometry.blockBytes(),
        perplexity,
        tallies.stream().map(tally -> tally.figures(scored, perplexity)).toList());
  }

  private static int equal(int[] left, int[] right) {
    int equal = 0;
    for (int i = 0; i < left.length; i++) {
      equal += left[i] == right[i] ? 1 : 0;
    }
    return equal;
  }

  @Override
  public void close() {
    runner.close();
  }

  /** Sums of one codec over the windows. */
  private final class Tally {
    final String name;
    final BlockCodec codec;
    double nats;
    long equalNext;
    long equalTokens;
    private final MemorySegment encoded;
    private long blocks;
    private long encodedBytes;

    Tally(String name, BlockCodec codec) {
      this.name = name;
      this.codec = codec;
      encoded = Arena.ofAuto().allocate(codec.maxEncodedBytes(), Long.BYTES);
    }

    void pass(MemorySegment from, MemorySegment to) {
      int bytes = codec.encode(from, geometry.blockTokens(), encoded);
      codec.decode(encoded.asSlice(0, bytes), geometry.blockTokens(), to);
      blocks++;
      encodedBytes += bytes;
    }

    CodecFigures figures(double scored, double plain) {
      double perplexity = Math.exp(nats / scored);
      int count = geometry.blocksFor(prefixTokens);
      MemorySegment[] in = new MemorySegment[count];
      for (int i = 0; i < count; i++) {
        int bytes = codec.encode(continuation.block(i), geometry.blockTokens(), encoded);
        in[i] = Arena.ofAuto().allocate(bytes, Long.BYTES).copyFrom(encoded.asSlice(0, bytes));
      }
      return new CodecFigures(
          name,
          (double) blocks * geometry.blockBytes() / encodedBytes,
          speed(count, i -> codec.encode(continuation.block(i), geometry.blockTokens(), encoded)),
          speed(
              count, i -> codec.decode(in[i], geometry.blockTokens(), continuation.codedBlock(i))),
          perplexity,
          perplexity / plain - 1,
          equalNext / scored,
          (double) equalTokens / windows.size());
    }

    /** Megabytes per second in the fastest of many rounds over the blocks of a prefix. */
    private double speed(int count, IntConsumer once) {
      long best = Long.MAX_VALUE;
      long start = System.nanoTime();
      for (long now = start; now - start < TIMED_NANOS; now = System.nanoTime()) {
        for (int i = 0; i < count; i++) {
          once.accept(i);
        }
        best = Math.min(best, System.nanoTime() - now);
      }
      return geometry.blockBytes() * count * 1e3 / Math.max(1, best);
    }
  }
}

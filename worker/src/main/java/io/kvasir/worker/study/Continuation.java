package io.kvasir.worker.study;

import io.kvasir.kvpool.layout.BlockLayout;
import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.runner.cpu.CpuModelRunner;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * Goes on behind a prefix whose KV lies in the runner's arena, once as computed and once as a codec
 * gave it back. The first half of the arena's blocks holds the former, the second half what is read
 * next. Confined to one thread.
 */
final class Continuation {
  private final CpuModelRunner runner;
  private final BlockLayout layout;
  private final int[] plainBlocks;
  private final int[] codedBlocks;
  private final float[][] logits;

  /**
   * What the model thought of the tokens it was shown.
   *
   * @param nats sum of minus log probability of the tokens that came
   * @param best most probable next token at each position
   */
  record Reading(double nats, int[] best) {}

  Continuation(CpuModelRunner runner, int blocks) {
    this.runner = runner;
    layout = runner.arena().layout();
    plainBlocks = IntStream.range(0, blocks).toArray();
    codedBlocks = IntStream.range(blocks, 2 * blocks).toArray();
    logits = new float[1][runner.vocabularySize()];
  }

  /** A block as computed. */
  MemorySegment block(int index) {
    return at(plainBlocks[index]);
  }

  /** A block that is read. */
  MemorySegment codedBlock(int index) {
    return at(codedBlocks[index]);
  }

  private MemorySegment at(int blockId) {
    return runner
        .arena()
        .segment()
        .asSlice(layout.blockOffset(blockId), layout.geometry().blockBytes());
  }

  /** Computes the prefix and makes its KV what is read. */
  void prefill(int[] tokens, int prefixTokens) {
    runner.execute(List.of(new BatchSequence(tokens, 0, prefixTokens, plainBlocks, false)), logits);
    transform(prefixTokens, (from, to) -> to.copyFrom(from));
  }

  /** Makes what {@code pass} makes of the prefix's blocks what is read. */
  void transform(int prefixTokens, BiConsumer<MemorySegment, MemorySegment> pass) {
    int blocks = layout.geometry().blocksFor(prefixTokens);
    for (int i = 0; i < blocks; i++) {
      pass.accept(block(i), codedBlock(i));
    }
  }

  /** Shows the model the tokens behind the prefix, one by one. */
  Reading read(int[] tokens, int prefixTokens, int count) {
    double nats = 0;
    int[] best = new int[count];
    for (int i = 0; i < count; i++) {
      step(tokens, prefixTokens + i);
      best[i] = mostProbable(logits[0]);
      nats -= logProbability(logits[0], tokens[prefixTokens + i + 1]);
    }
    return new Reading(nats, best);
  }

  /** Lets the model write behind the prefix and its first token. */
  int[] write(int[] tokens, int prefixTokens, int count) {
    int[] own = Arrays.copyOf(tokens, prefixTokens + count + 1);
    for (int i = 0; i < count; i++) {
      step(own, prefixTokens + i);
      own[prefixTokens + i + 1] = mostProbable(logits[0]);
    }
    return Arrays.copyOfRange(own, prefixTokens + 1, own.length);
  }

  private void step(int[] tokens, int position) {
    runner.execute(List.of(new BatchSequence(tokens, position, 1, codedBlocks, true)), logits);
  }

  private static int mostProbable(float[] row) {
    int best = 0;
    for (int id = 1; id < row.length; id++) {
      if (row[id] > row[best]) {
        best = id;
      }
    }
    return best;
  }

  private static double logProbability(float[] row, int token) {
    double sum = 0;
    float largest = row[mostProbable(row)];
    for (float logit : row) {
      sum += Math.exp(logit - largest);
    }
    return row[token] - largest - Math.log(sum);
  }
}

package io.kvasir.loadtest.hitrate;

import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.ArrivalStream;
import io.kvasir.loadtest.workload.Prompt;
import io.kvasir.loadtest.workload.Segment;
import io.kvasir.loadtest.workload.WorkloadException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The prompts of a trace as chains of full blocks, in the order of arrival. Two prompts have the
 * same block at a position exactly if they are equal up to its end. What is behind the last full
 * block is counted as tokens only.
 *
 * <p>Implementation notes. Blocks are numbered as they first occur, by a tree of prompts: a block
 * is its parent and its content. So there are no hashes and no collisions, and a parent's number is
 * below its children's.
 */
public final class BlockTrace {
  /** The beginning of a prompt: what stands before its first block. */
  private static final int ROOT = -1;

  /** A block: what is before it, and where its tokens come from. */
  private record Block(int parent, String session, List<Segment> content) {}

  private final int blockTokens;
  private final List<int[]> prompts = new ArrayList<>();
  private final List<Integer> tokens = new ArrayList<>();
  private final Map<Block, Integer> numbers = new HashMap<>();
  private long repeatedBlocks;

  private BlockTrace(int blockTokens) {
    this.blockTokens = blockTokens;
  }

  /**
   * Reads a trace to its end.
   *
   * @param blockTokens tokens of a block, at least 1
   * @throws WorkloadException if a prompt is not synthetic, or the trace is malformed
   */
  public static BlockTrace read(ArrivalStream arrivals, int blockTokens) {
    BlockTrace trace = new BlockTrace(blockTokens);
    while (arrivals.hasNext()) {
      Arrival arrival = arrivals.next();
      switch (arrival.prompt()) {
        // Sessions of agents number their blocks from 1 each: equal ids of two are not equal text.
        case Prompt.Synthetic prompt -> trace.add(arrival.session(), prompt);
        case Prompt.Text _ -> throw new WorkloadException("a prompt of text has no block ids");
      }
    }
    return trace;
  }

  private void add(String session, Prompt.Synthetic prompt) {
    int[] blocks = new int[prompt.tokens() / blockTokens];
    List<Segment> content = new ArrayList<>();
    int filled = 0;
    int count = 0;
    for (Segment segment : prompt.segments()) {
      int used = 0;
      while (used < segment.tokens()) {
        int taken = Math.min(segment.tokens() - used, blockTokens - filled);
        append(content, new Segment(segment.stream(), segment.offset() + used, taken));
        used += taken;
        filled += taken;
        if (filled == blockTokens) {
          int parent = count == 0 ? ROOT : blocks[count - 1];
          blocks[count++] = number(new Block(parent, session, List.copyOf(content)));
          content.clear();
          filled = 0;
        }
      }
    }
    prompts.add(blocks);
    tokens.add(prompt.tokens());
  }

  /** Adjacent stretches of a stream become one, so that equal tokens have one description. */
  private static void append(List<Segment> content, Segment next) {
    if (!content.isEmpty()) {
      Segment last = content.getLast();
      if (last.stream() == next.stream() && last.offset() + last.tokens() == next.offset()) {
        content.removeLast();
        content.add(
            new Segment(last.stream(), last.offset(), Math.addExact(last.tokens(), next.tokens())));
        return;
      }
    }
    content.add(next);
  }

  private int number(Block block) {
    Integer known = numbers.putIfAbsent(block, numbers.size());
    if (known == null) {
      return numbers.size() - 1;
    }
    repeatedBlocks++;
    return known;
  }

  int blockTokens() {
    return blockTokens;
  }

  int prompts() {
    return prompts.size();
  }

  /** The full blocks of a prompt, in order. Not to be changed. */
  int[] blocks(int prompt) {
    return prompts.get(prompt);
  }

  /** Blocks that differ. */
  int distinctBlocks() {
    return numbers.size();
  }

  /** Tokens of a prompt, those behind its last full block included. */
  int tokens(int prompt) {
    return tokens.get(prompt);
  }

  /** Blocks that occurred before: what a cache without bounds hits. */
  long repeatedBlocks() {
    return repeatedBlocks;
  }
}

package io.kvasir.loadtest.hitrate;

import java.util.Arrays;

/** For every block of every prompt, the next prompt that uses it; the prompts' number if none. */
final class NextUses {
  private final int[][] next;

  NextUses(BlockTrace trace) {
    next = new int[trace.prompts()][];
    int[] upcoming = new int[trace.distinctBlocks()];
    Arrays.fill(upcoming, trace.prompts());
    for (int prompt = trace.prompts() - 1; prompt >= 0; prompt--) {
      int[] blocks = trace.blocks(prompt);
      next[prompt] = new int[blocks.length];
      for (int i = 0; i < blocks.length; i++) {
        next[prompt][i] = upcoming[blocks[i]];
        upcoming[blocks[i]] = prompt;
      }
    }
  }

  /** The prompt after {@code prompt} that uses its block at {@code position}. */
  int of(int prompt, int position) {
    return next[prompt][position];
  }
}

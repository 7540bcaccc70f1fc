package io.kvasir.worker.model.tokenizer;

/**
 * One text being merged, pair by pair, best pair first. Symbols are runs of units (characters or
 * bytes) in a linked list; a symbol is named by the index of its first unit. A candidate that
 * another merge overtook is recognised by its span and skipped, so the work is O(n log n) in the
 * length of the text whatever the text is.
 */
abstract class PairMerger {

  private static final int DEAD = 0;
  private static final int NO_SYMBOL = -1;

  private final MergeQueue queue = new MergeQueue();
  private final int units;

  /** Units of the symbol that begins here; {@link #DEAD} where none begins. */
  private final int[] lengths;

  /** First unit of the symbol before the one that begins here. */
  private final int[] previous;

  PairMerger(int units) {
    this.units = units;
    this.lengths = new int[units];
    this.previous = new int[units];
  }

  /** Adds the pair to the queue if it may be merged. */
  abstract void consider(int left, int right, int span, MergeQueue candidates);

  /** The pair is one symbol now, named {@code left}. */
  abstract void merged(int left, int right);

  /** Appends a symbol that was not merged away to the result. */
  abstract void write(int start, int length, IdBuffer out);

  /** Says how long the symbol at {@code start} is before anything is merged. */
  final void begin(int start, int length) {
    lengths[start] = length;
  }

  final void run(IdBuffer out) {
    int before = NO_SYMBOL;
    for (int at = 0; at < units; at += lengths[at]) {
      previous[at] = before;
      before = at;
    }
    for (int at = 0; at < units; at += lengths[at]) {
      offer(at);
    }
    while (!queue.isEmpty()) {
      int left = queue.left();
      int span = queue.span();
      queue.remove();
      if (isCurrent(left, span)) {
        merge(left, span);
      }
    }
    for (int at = 0; at < units; at += lengths[at]) {
      write(at, lengths[at], out);
    }
  }

  private boolean isCurrent(int left, int span) {
    int right = left + lengths[left];
    return lengths[left] != DEAD && right < units && lengths[left] + lengths[right] == span;
  }

  private void merge(int left, int span) {
    int right = left + lengths[left];
    merged(left, right);
    lengths[left] = span;
    lengths[right] = DEAD;
    int next = left + span;
    if (next < units) {
      previous[next] = left;
      offer(left);
    }
    if (previous[left] != NO_SYMBOL) {
      offer(previous[left]);
    }
  }

  private void offer(int left) {
    int right = left + lengths[left];
    if (right < units) {
      consider(left, right, lengths[left] + lengths[right], queue);
    }
  }
}

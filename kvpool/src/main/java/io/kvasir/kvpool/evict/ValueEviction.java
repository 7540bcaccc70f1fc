package io.kvasir.kvpool.evict;

/**
 * Gives up the block whose KV is worth least, as in Pensieve (EuroSys'25): its value is what it
 * costs to compute it again, which grows with its position, over the time since it was used. Time
 * is the blocks allocated since then, so that it stands still while nothing happens.
 *
 * <p>Pensieve takes a sequence's early blocks first, because they are the cheapest, and computes
 * them again in front of those it kept. Here a prefix is matched from its first block on: without
 * it, all that was kept behind it is useless. So a block is worth what the <em>last</em> block of
 * the longest sequence that ran through it costs: its reach. A block's reach is at least that of
 * the blocks behind it, and it was used at least as recently, so its value is never below theirs;
 * among equals the tail goes first. What remains of Pensieve is the choice between sequences: of
 * equally old ones the short one goes, and a long one may grow older, by {@code cost(long) /
 * cost(short)}. docs/benchmarks.md has the hit rates of both readings and of LRU.
 *
 * <p>Confined to the scheduler loop; allocates nothing after construction. Adding and removing are
 * O(1) but for the search of a bucket among {@value #BUCKETS}; {@link #pollVictim} and {@link
 * #isSoonVictim} are O({@value #BUCKETS}) however many blocks there are.
 *
 * <p>Implementation notes. Costs are rounded down to steps of the square root of two, one bucket
 * each; all blocks of a bucket cost the same, so the least recently used one, its head, is worth
 * least, and only the heads are compared. Rounding keeps the order of costs, therefore what is said
 * of values above.
 */
public final class ValueEviction implements EvictionPolicy {
  /** Buckets; the last one takes costs of 2^7.5 = 181 and above. */
  static final int BUCKETS = 16;

  private final BucketQueues queues;

  /** The least reach, blocks, that belongs into each bucket. */
  private final int[] minReach = new int[BUCKETS];

  /** What each bucket costs; the first block of a sequence costs 1. */
  private final double[] costs = new double[BUCKETS];

  /** The logical time of each block's last use. */
  private final long[] usedAt;

  private long now;

  /**
   * @param blockCount block ids are 0 to {@code blockCount - 1}
   * @param doubleCostBlocks position, in blocks, at which computing a block costs twice as much as
   *     at the start of a sequence, because attention then costs as much as all the rest; above 0
   */
  public ValueEviction(int blockCount, double doubleCostBlocks) {
    if (!(doubleCostBlocks > 0)) {
      throw new IllegalArgumentException(
          "doubleCostBlocks must be above 0, is " + doubleCostBlocks);
    }
    queues = new BucketQueues(blockCount, BUCKETS);
    usedAt = new long[blockCount];
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      costs[bucket] = Math.pow(2, bucket / 2.0);
      // cost(reach) = 1 + reach / doubleCostBlocks
      minReach[bucket] = (int) Math.ceil(doubleCostBlocks * (costs[bucket] - 1));
    }
  }

  /** Adds a block that the shortest of sequences reached. */
  @Override
  public void add(int block) {
    add(block, 1);
  }

  @Override
  public void add(int block, int reach) {
    queues.addLast(bucketFor(reach), block);
    usedAt[block] = now;
  }

  @Override
  public void advance(long toNow) {
    if (toNow < now) {
      throw new IllegalArgumentException("time %d is before %d".formatted(toNow, now));
    }
    now = toNow;
  }

  @Override
  public void remove(int block) {
    queues.remove(block);
  }

  @Override
  public int pollVictim() {
    int victim = victim();
    if (victim == BucketQueues.END) {
      throw new IllegalStateException("no block is evictable");
    }
    queues.remove(victim);
    return victim;
  }

  @Override
  public boolean contains(int block) {
    return queues.contains(block);
  }

  /** Whether the block is worth at most twice as much as the next victim. */
  @Override
  public boolean isSoonVictim(int block) {
    return value(block) <= 2 * value(victim());
  }

  @Override
  public int size() {
    return queues.size();
  }

  /** The block worth least, or {@link BucketQueues#END}; the cheaper one of two equals. */
  private int victim() {
    int victim = BucketQueues.END;
    double least = Double.POSITIVE_INFINITY;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      int head = queues.first(bucket);
      if (head != BucketQueues.END && value(head) < least) {
        victim = head;
        least = value(head);
      }
    }
    return victim;
  }

  private double value(int block) {
    return costs[queues.bucketOf(block)] / (now - usedAt[block] + 1);
  }

  private int bucketFor(int reach) {
    int bucket = BUCKETS - 1;
    while (minReach[bucket] > reach) {
      bucket--;
    }
    return bucket;
  }
}

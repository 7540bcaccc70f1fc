package io.kvasir.kvpool;

import io.kvasir.kvpool.block.BlockPool;
import io.kvasir.kvpool.block.BlockState;
import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.evict.EvictionPolicy;
import io.kvasir.kvpool.group.AllocatorFigures;
import io.kvasir.kvpool.group.GroupAllocator;
import io.kvasir.kvpool.group.SlotAllocator;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.prefix.OpenPrefixIndex;
import io.kvasir.kvpool.prefix.PrefixIndex;
import io.kvasir.kvpool.residency.Residency;
import io.kvasir.kvpool.swap.CostModel;
import io.kvasir.kvpool.tier.TierSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The planner's view of KV memory: which blocks a request holds, and which it may share. It keeps
 * metadata only; the bytes are the worker's.
 *
 * <p>After every operation {@code free + owned + cached + in flight == total}: a block is free, or
 * owned by at least one table, or cached (registered under its hash, used by nobody), or in flight
 * (used by copies only). An operation first decides and then applies, so a refused one has changed
 * nothing, not even the order of eviction.
 *
 * <p>Confined to the scheduler loop. Allocates no objects in steady state, apart from what {@link
 * AllocationResults} names.
 */
public final class KvPool {
  private final KvPoolConfig config;
  private final SlotAllocator slots;
  private final BlockPool blocks;
  private final Residency residency;
  private final AllocationResults results;

  /** The blocks found by the match that is being decided on. */
  private final int[] matched;

  /** Makes a pool without lower tiers. */
  public KvPool(KvPoolConfig config) {
    this(config, List.of(), new CostModel(1, List.of()));
  }

  /**
   * Makes a pool.
   *
   * @param tiers memory below the device arena, fastest first
   * @param costs of those tiers' copies, as measured; only read
   */
  public KvPool(KvPoolConfig config, List<TierSpec> tiers, CostModel costs) {
    this(
        config,
        new GroupAllocator(config.blockCount(), config.groups()),
        config.eviction().create(config.blockCount(), config.blockTokens()),
        new OpenPrefixIndex(config.blockCount()),
        tiers,
        costs);
  }

  KvPool(
      KvPoolConfig config,
      SlotAllocator slots,
      EvictionPolicy eviction,
      PrefixIndex index,
      List<TierSpec> tiers,
      CostModel costs) {
    this.config = config;
    this.slots = slots;
    blocks = new BlockPool(slots, eviction, index);
    residency = new Residency(blocks, config.blockTokens(), tiers, costs);
    results = new AllocationResults(config.maxBlocksPerRequest());
    matched = new int[config.maxBlocksPerRequest()];
  }

  /** The tiers below the device arena, and the copies between them and it. */
  public Residency residency() {
    return residency;
  }

  /** An empty table for one request at a time; keep it and use it again. */
  public BlockTable newTable() {
    return blocks.newTable(config.maxBlocksPerRequest());
  }

  /**
   * How many leading blocks of a chain are registered, at most {@code maxBlocks}. Changes nothing.
   *
   * @param maxBlocks the caller's limit; it must leave out the block with the last prompt token,
   *     since somebody has to compute that token's logits
   */
  public int matchPrefix(HashChain chain, int maxBlocks) {
    if (!config.prefixCaching()) {
      return 0;
    }
    int limit = Math.clamp(maxBlocks, 0, Math.min(chain.blocks(), matched.length));
    for (int i = 0; i < limit; i++) {
      int block = blocks.find(chain.hi(i), chain.lo(i));
      if (block == PrefixIndex.ABSENT) {
        return i;
      }
      matched[i] = block;
    }
    return limit;
  }

  /**
   * Fills an empty table so that it holds {@code tokens} tokens: shares the registered blocks that
   * lead the chain and allocates the rest; all or nothing.
   *
   * @param maxSharedBlocks limit of sharing, see {@link #matchPrefix}
   * @param tokens tokens the table shall hold
   * @param reserveBlocks blocks that must remain allocatable afterwards
   * @throws IllegalStateException if the table is not empty
   * @throws IllegalArgumentException if {@code tokens} exceed a table, an argument is negative, or
   *     the table is not this pool's
   */
  public Allocation admit(
      BlockTable table, HashChain chain, int maxSharedBlocks, int tokens, int reserveBlocks) {
    blocks.requireEmpty(table);
    int needed = blocksFor(tokens);
    int shared = matchPrefix(chain, Math.min(maxSharedBlocks, needed));
    int fresh = needed - shared;
    // Matched blocks that are cached stop being allocatable: they must survive this very call.
    int available = allocatableBlocks() - cachedAmongMatched(shared);
    int missing = missing(fresh, reserveBlocks, available);
    if (missing > 0) {
      return results.insufficient(missing);
    }
    blocks.share(table, matched, shared);
    blocks.allocate(table, fresh);
    return results.granted(fresh, shared);
  }

  /**
   * Appends the blocks that are missing for the table to hold {@code tokens} tokens; all or
   * nothing. Where none is missing the reserve is not asked.
   *
   * @throws IllegalArgumentException if {@code tokens} exceed a table, an argument is negative, or
   *     the table is not this pool's
   */
  public Allocation grow(BlockTable table, int tokens, int reserveBlocks) {
    blocks.requireOwn(table);
    int fresh = Math.max(0, blocksFor(tokens) - table.blockCount());
    int missing = missing(fresh, reserveBlocks, allocatableBlocks());
    if (fresh > 0 && missing > 0) {
      return results.insufficient(missing);
    }
    blocks.allocate(table, fresh);
    return results.granted(fresh, 0);
  }

  /**
   * Registers the full blocks among the first {@code computedTokens} tokens, so that others may
   * share them. Call it only when the KV exists: its step's result was observed. A block whose hash
   * another block has registered stays private to its table.
   *
   * @throws IllegalArgumentException if the table or the chain does not cover {@code
   *     computedTokens}, or they are fewer blocks than were committed before
   */
  public void commit(BlockTable table, HashChain chain, int computedTokens) {
    blocks.requireOwn(table);
    int fullBlocks = computedTokens / config.blockTokens();
    if (computedTokens < 0 || blocksFor(computedTokens) > table.blockCount()) {
      throw new IllegalArgumentException(
          "%d computed tokens in a table of %d blocks"
              .formatted(computedTokens, table.blockCount()));
    }
    if (!config.prefixCaching()) {
      return;
    }
    if (fullBlocks > chain.blocks()) {
      throw new IllegalArgumentException(
          "%d full blocks, but only %d are hashed".formatted(fullBlocks, chain.blocks()));
    }
    blocks.commit(table, chain, fullBlocks);
  }

  /**
   * Drops a table's references and empties it. Registered blocks that lost their last reference
   * become cached, the tail to be evicted first; the others become free. An empty table stays so.
   */
  public void release(BlockTable table) {
    blocks.release(table);
  }

  /**
   * Forgets all KV, because the worker that held it is gone.
   *
   * @throws IllegalStateException if a table still holds blocks
   */
  public void reset() {
    if (ownedBlocks() > 0) {
      throw new IllegalStateException(ownedBlocks() + " blocks are owned; release their tables");
    }
    blocks.evictAll();
  }

  public int freeBlocks() {
    return blocks.freeBlocks();
  }

  /** Blocks that at least one table holds. */
  public int ownedBlocks() {
    return blocks.ownedBlocks();
  }

  /** Blocks that no table holds and that a hash finds. */
  public int cachedBlocks() {
    return blocks.cachedBlocks();
  }

  /** Blocks that only copies in flight use; they become free or cached when those are observed. */
  public int inFlightBlocks() {
    return blocks.inFlightBlocks();
  }

  public int totalBlocks() {
    return blocks.totalBlocks();
  }

  /** Blocks that an allocation can take: free and cached ones. */
  public int allocatableBlocks() {
    return freeBlocks() + cachedBlocks();
  }

  /** The state of one block, {@code 0 <= block < totalBlocks()}. */
  public BlockState blockState(int block) {
    return blocks.state(block);
  }

  /** How contiguous the tables' blocks were allocated, and the free ones are. Makes garbage. */
  public AllocatorFigures slotFigures() {
    return slots.figures();
  }

  /** One sentence per contradiction in the bookkeeping; empty if there is none. */
  public List<String> violations() {
    List<String> violations = new ArrayList<>(blocks.violations());
    violations.addAll(residency.violations());
    return List.copyOf(violations);
  }

  /**
   * Recounts everything.
   *
   * @throws IntegrityException if the bookkeeping contradicts itself
   */
  public void checkIntegrity() {
    List<String> violations = violations();
    if (!violations.isEmpty()) {
      throw new IntegrityException(violations);
    }
  }

  private int blocksFor(int tokens) {
    int needed = Math.ceilDiv(tokens, config.blockTokens());
    if (tokens < 0 || needed > config.maxBlocksPerRequest()) {
      throw new IllegalArgumentException(
          "%d tokens need %d blocks, a table holds at most %d"
              .formatted(tokens, needed, config.maxBlocksPerRequest()));
    }
    return needed;
  }

  /** How many blocks are short for taking {@code fresh} and leaving the reserve; 0 if none. */
  private static int missing(int fresh, int reserveBlocks, int available) {
    if (reserveBlocks < 0) {
      throw new IllegalArgumentException("reserveBlocks must not be negative, is " + reserveBlocks);
    }
    return Math.clamp((long) fresh + reserveBlocks - available, 0, Integer.MAX_VALUE);
  }

  private int cachedAmongMatched(int shared) {
    int cached = 0;
    for (int i = 0; i < shared; i++) {
      if (blocks.state(matched[i]) == BlockState.CACHED) {
        cached++;
      }
    }
    return cached;
  }
}

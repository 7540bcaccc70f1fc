package io.kvasir.kvpool.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.Allocation;
import io.kvasir.kvpool.KvPool;
import io.kvasir.kvpool.KvPoolConfig;
import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.prefix.CacheSalt;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.swap.CostModel;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pool with tiers for readable tests: a request is a text, a letter is a token, a block has four,
 * and the test carries out the copies.
 */
final class TieredPool {
  static final int BLOCK_TOKENS = 4;
  static final int BLOCK_BYTES = 1000;
  private static final int MAX_BLOCKS = 64;

  final CostModel costs;
  final KvPool pool;
  final Residency residency;

  TieredPool(int blocks, TierSpec... tiers) {
    costs = new CostModel(BLOCK_BYTES, List.of(tiers));
    pool =
        new KvPool(new KvPoolConfig(blocks, BLOCK_TOKENS, MAX_BLOCKS, true), List.of(tiers), costs);
    residency = pool.residency();
  }

  static TierSpec tier(String name, int slots) {
    return new TierSpec(TierKind.DRAM, name, slots, false, "raw", true, false, 1, 1);
  }

  static TierSpec persistent(String name, int slots) {
    return new TierSpec(TierKind.SSD, name, slots, true, "raw", true, false, 1, 1);
  }

  final class Request {
    final int[] tokens;
    final BlockTable table = pool.newTable();
    final HashChain chain = new HashChain(MAX_BLOCKS);
    final RequestCopies copies = new RequestCopies(MAX_BLOCKS);
    int computed;
    @Nullable Restore restore;

    Request(int[] tokens, boolean lossy) {
      this.tokens = tokens;
      chain.reset(CacheSalt.of(0, 0, "tenant", "", lossy));
    }

    /** Computes the KV of the first {@code count} tokens, less what is there already. */
    Request compute(int count) {
      if (table.blockCount() == 0) {
        admit(count);
      } else {
        assertThat(pool.grow(table, count, 0)).isInstanceOf(Allocation.Granted.class);
      }
      computed = count;
      chain.extend(tokens, computed, BLOCK_TOKENS);
      pool.commit(table, chain, computed);
      return this;
    }

    private int admit(int count) {
      chain.extend(tokens, count, BLOCK_TOKENS);
      int most = (count - 1) / BLOCK_TOKENS;
      if (pool.admit(table, chain, most, count, 0) instanceof Allocation.Granted granted) {
        return granted.sharedBlocks();
      }
      throw new AssertionError("no room in the pool");
    }

    /** Swaps the request out and answers the tokens kept. */
    int swapOut() {
      if (computed % BLOCK_TOKENS > 0) {
        chain.hashTail(tokens, computed / BLOCK_TOKENS, computed, BLOCK_TOKENS);
      }
      int kept = residency.swapOut(table, chain, computed, copies);
      pool.release(table);
      computed = kept;
      return kept;
    }

    /** Orders the loads of what is readable and owns the copies with that rank from then on. */
    void swapIn(int rank) {
      int shared = admit(computed + 1);
      int full = computed / BLOCK_TOKENS;
      int end = shared + residency.readableBlocks(chain, shared, full);
      int tail = end == full ? computed % BLOCK_TOKENS : 0;
      if (tail > 0) {
        chain.hashTail(tokens, full, computed, BLOCK_TOKENS);
        tail = residency.tailReadable(chain) ? tail : 0;
      }
      computed = shared * BLOCK_TOKENS;
      restore = null;
      if (end > shared || tail > 0) {
        Restore loads = residency.loads().begin(shared, end, tail);
        residency.loads().order(loads, table, chain, MAX_BLOCKS);
        restore = loads;
      }
      residency.unpin(copies, rank);
    }

    /** The request is finished or cancelled. */
    void leave() {
      if (table.blockCount() > 0) {
        pool.release(table);
      }
      residency.forget(copies);
    }

    /** The slot of a full block in a tier; {@link TierTable#NONE} if it is in none. */
    int slot(int tier, int block) {
      return residency.tier(tier).find(chain.hi(block), chain.lo(block));
    }

    /** The state of a full block in a tier; ABSENT if it is not found. */
    SlotState state(int tier, int block) {
      int slot = slot(tier, block);
      return slot == TierTable.NONE ? SlotState.ABSENT : residency.tier(tier).state(slot);
    }
  }

  Request request(String text) {
    return new Request(text.chars().toArray(), false);
  }

  /** A request that allows KV that went through a lossy codec. */
  Request lossyRequest(String text) {
    return new Request(text.chars().toArray(), true);
  }

  /** Makes the pool forget every block that nobody uses. */
  void evictCached() {
    List<BlockTable> tables = new ArrayList<>();
    while (pool.allocatableBlocks() > 0) {
      BlockTable table = pool.newTable();
      int blocks = Math.min(MAX_BLOCKS, pool.allocatableBlocks());
      assertThat(pool.admit(table, new HashChain(1), 0, blocks * BLOCK_TOKENS, 0))
          .isInstanceOf(Allocation.Granted.class);
      tables.add(table);
    }
    tables.forEach(pool::release);
  }

  /** The only job ordered since the last look. */
  CopyJob order() {
    List<CopyJob> orders = residency.takeOrders();
    assertThat(orders).hasSize(1);
    return orders.getFirst();
  }

  /** All blocks of a job come to the same end. */
  @Nullable Restore observe(CopyJob job, CopyOutcome outcome) {
    List<CopyOutcome> outcomes = Collections.nCopies(job.blockCount(), outcome);
    Restore restore =
        residency.apply(new CopyResult(job.jobId(), outcomes, 1, runs(job), 0, 1, ""));
    check();
    return restore;
  }

  /** Carries out everything ordered, and counts for a request what was restored for it. */
  void settle(Request... loading) {
    check();
    for (CopyJob job : residency.takeOrders()) {
      Restore restore = observe(job, CopyOutcome.DONE);
      for (Request request : loading) {
        if (restore != null && restore.equals(request.restore) && restore.finished()) {
          request.computed = usableTokens(restore);
          pool.commit(request.table, request.chain, request.computed);
          request.restore = null;
        }
      }
    }
  }

  /** Tokens whose KV is there once all loads ended, from the first on. */
  static int usableTokens(Restore restore) {
    return restore.tokensBefore(restore.loadedEnd(restore.firstBlock()), BLOCK_TOKENS);
  }

  void check() {
    assertThat(pool.violations()).isEmpty();
  }

  /** Neighbours in source and destination are one run. */
  static int runs(CopyJob job) {
    int[] from = job.kind() == CopyKind.STORE ? job.blocks() : job.slots();
    int[] to =
        switch (job.kind()) {
          case STORE -> job.slots();
          case LOAD -> job.blocks();
          case MOVE -> job.toSlots();
          case PROBE -> throw new IllegalArgumentException("a probe moves nothing");
        };
    int runs = 1;
    for (int i = 1; i < job.blockCount(); i++) {
      runs += from[i] == from[i - 1] + 1 && to[i] == to[i - 1] + 1 ? 0 : 1;
    }
    return runs;
  }
}

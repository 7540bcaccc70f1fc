package io.kvasir.scheduler.plan;

import io.kvasir.kvpool.Allocation;
import io.kvasir.kvpool.KvPool;
import io.kvasir.kvpool.KvPoolConfig;
import io.kvasir.kvpool.prefix.CacheSalt;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.residency.RequestCopies;
import io.kvasir.kvpool.swap.CostModel;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestBlocks;
import io.kvasir.scheduler.request.RequestSpec;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The KV blocks of one worker, request by request: the only user of the pool. Tables and hash
 * chains are lent to requests and used again. Confined to the scheduler loop.
 */
public final class KvMemory {
  /** Rank of eviction of a running request's copies if its priority is 0. */
  private static final int RANK = 2;

  private final KvPool pool;
  private final int blockTokens;
  private final int maxBlocksPerRequest;
  private final boolean prefixCaching;
  private final CacheSecret secret;

  /** Without one, what requests allow makes no difference and they share with all others. */
  private final boolean hasLossyTier;

  private final ArrayDeque<RequestBlocks> spare = new ArrayDeque<>();
  private final HashChain scratch;

  /* A policy may look at the same waiting request in every step. */
  private @Nullable Request lastSalted;
  private @Nullable CacheSalt lastSalt;
  private HeldBlocks held = HeldBlocks.NONE;

  /**
   * @param tiers memory below the arena, fastest first
   * @param costs of those tiers' copies
   * @param secret keeps tenants from finding each other's hashes
   */
  KvMemory(KvPoolConfig config, List<TierSpec> tiers, CostModel costs, CacheSecret secret) {
    this.pool = new KvPool(config, tiers, costs);
    this.blockTokens = config.blockTokens();
    this.maxBlocksPerRequest = config.maxBlocksPerRequest();
    this.prefixCaching = config.prefixCaching();
    this.secret = secret;
    this.scratch = new HashChain(config.maxBlocksPerRequest());
    this.hasLossyTier = !tiers.stream().allMatch(TierSpec::exact);
  }

  public KvPool pool() {
    return pool;
  }

  public int blockTokens() {
    return blockTokens;
  }

  CacheSecret secret() {
    return secret;
  }

  /** Whether equal prefixes share blocks. */
  public boolean prefixCaching() {
    return prefixCaching;
  }

  /** Sets whose blocks are taken back when a request lacks some. */
  public void lend(HeldBlocks holder) {
    held = holder;
  }

  /** A request's blocks, with the hashes of all full blocks of its known tokens. */
  RequestBlocks extended(Request request) {
    RequestBlocks blocks = held(request);
    blocks.chain().extend(request.tokenIds(), request.tokenCount(), blockTokens);
    return blocks;
  }

  /** The hashes of all full blocks of a request's tokens but the last, whose KV nobody needed. */
  public HashChain reusable(Request request) {
    HashChain chain = held(request).chain();
    chain.extend(request.tokenIds(), request.tokenCount() - 1, blockTokens);
    return chain;
  }

  /** A request's blocks, with the hashes of all its computed tokens, the tail's included. */
  RequestBlocks hashed(Request request) {
    RequestBlocks blocks = extended(request);
    int full = request.computedTokens() / blockTokens;
    if (request.computedTokens() % blockTokens > 0) {
      blocks.chain().hashTail(request.tokenIds(), full, request.computedTokens(), blockTokens);
    }
    return blocks;
  }

  /**
   * Gives a waiting request blocks for all its known tokens and the next one, shared ones first;
   * all or nothing; a settled one gets blocks for all tokens it may have. The last of its known
   * tokens is never shared: its logits must be computed.
   */
  Allocation admit(Request request, int reserveBlocks) {
    RequestBlocks blocks = request.blocks();
    if (blocks == null) {
      blocks = lend(request);
    }
    if (prefixCaching) {
      blocks.chain().extend(request.tokenIds(), request.tokenCount(), blockTokens);
    }
    int most = request.tokenLimit() - 1;
    int tokens = request.place().settled() ? most : Math.min(request.tokenCount() + 1, most);
    int maxShared = (request.tokenCount() - 1) / blockTokens;
    while (true) {
      Allocation allocation =
          pool.admit(blocks.table(), blocks.chain(), maxShared, tokens, reserveBlocks);
      if (!(allocation instanceof Allocation.Insufficient shortage)
          || !held.giveUp(shortage.missingBlocks())) {
        return allocation;
      }
    }
  }

  /** Leading prompt tokens of a request that are cached now, at most all but the last. */
  public int cachedTokens(Request request) {
    int full = Math.min((request.promptTokens() - 1) / blockTokens, maxBlocksPerRequest);
    if (!prefixCaching || full == 0) {
      return 0;
    }
    begin(scratch, request);
    scratch.extend(request.tokenIds(), full * blockTokens, blockTokens);
    return pool.matchPrefix(scratch, full) * blockTokens;
  }

  /** Makes a running request's blocks hold {@code tokens} tokens; false if they run out. */
  boolean grow(Request request, int tokens) {
    RequestBlocks blocks = held(request);
    if (blocks.table().blockCount() * blockTokens >= tokens) {
      return true;
    }
    while (true) {
      if (!(pool.grow(blocks.table(), tokens, 0) instanceof Allocation.Insufficient shortage)) {
        return true;
      }
      if (!held.giveUp(shortage.missingBlocks())) {
        return false;
      }
    }
  }

  /** Registers the full blocks among a running request's computed tokens, for others to share. */
  public void commit(Request request, int computedBefore) {
    int computed = request.computedTokens();
    if (prefixCaching && computed / blockTokens > computedBefore / blockTokens) {
      RequestBlocks blocks = held(request);
      blocks.chain().extend(request.tokenIds(), request.tokenCount(), blockTokens);
      pool.commit(blocks.table(), blocks.chain(), computed);
    }
  }

  /**
   * The hashes of all full blocks of a waiting request, whether or not it was lent any.
   *
   * @param lend whether it is lent what it needs; if not, the chain holds until the next call
   */
  HashChain chain(Request request, boolean lend) {
    if (lend && request.blocks() == null) {
      lend(request);
    }
    if (request.blocks() != null) {
      return extended(request).chain();
    }
    begin(scratch, request);
    scratch.extend(request.tokenIds(), request.tokenCount(), blockTokens);
    return scratch;
  }

  private void begin(HashChain chain, Request request) {
    RequestSpec spec = request.spec();
    CacheSalt salt = lastSalt;
    if (salt == null || request != lastSalted) {
      boolean lossy = hasLossyTier && spec.allowLossyKv();
      int owner = CacheSalt.owner(secret.hi(), secret.lo(), request.tenant().id());
      salt =
          CacheSalt.of(secret.hi(), secret.lo(), spec.tenantId(), spec.cacheSalt(), lossy, owner);
      lastSalted = request;
      lastSalt = salt;
    }
    chain.reset(salt);
  }

  /**
   * A request needs its copies in the tiers no more.
   *
   * @param keep whether it owns them from now on; else they are given up when they were loaded
   */
  void letCopiesGo(Request request, boolean keep) {
    RequestCopies copies = held(request).copies();
    if (keep) {
      pool.residency().unpin(copies, RANK + Integer.signum(request.spec().priority()));
    } else if (request.swap().restore() == null) {
      pool.residency().drop(copies);
    }
  }

  /** Drops a request's blocks; it keeps its table and its hashes. */
  void releaseBlocks(Request request) {
    pool.release(held(request).table());
  }

  /** Takes back whatever a request was lent. */
  public void release(Request request) {
    RequestBlocks blocks = request.blocks();
    if (blocks != null) {
      pool.residency().forget(blocks.copies());
      pool.release(blocks.table());
      request.setBlocks(null);
      spare.push(blocks);
    }
  }

  /** Blocks that others may have if a running request loses its own. */
  int freedBy(Request request) {
    return held(request).table().heldAlone();
  }

  /** Blocks a request holds. */
  static int blockCount(Request request) {
    return held(request).table().blockCount();
  }

  private RequestBlocks lend(Request request) {
    RequestBlocks blocks = spare.poll();
    if (blocks == null) {
      blocks =
          new RequestBlocks(
              pool.newTable(),
              new HashChain(maxBlocksPerRequest),
              new RequestCopies(maxBlocksPerRequest));
    }
    begin(blocks.chain(), request);
    request.setBlocks(blocks);
    return blocks;
  }

  static RequestBlocks held(Request request) {
    RequestBlocks blocks = request.blocks();
    if (blocks == null) {
      throw new IllegalStateException("holds no block table: " + request);
    }
    return blocks;
  }
}

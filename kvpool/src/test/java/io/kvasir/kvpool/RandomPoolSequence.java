package io.kvasir.kvpool;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.Allocation.Granted;
import io.kvasir.kvpool.Allocation.Insufficient;
import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.evict.LruEviction;
import io.kvasir.kvpool.group.GroupSizes;
import io.kvasir.kvpool.group.NaiveAllocator;
import io.kvasir.kvpool.prefix.CacheSalt;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.prefix.OpenPrefixIndex;
import io.kvasir.kvpool.swap.CostModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One random life of a small pool: requests of two tenants with prompts over a tiny vocabulary, so
 * that prefixes often agree, are admitted, grow, commit and are released. Every operation is made
 * on the pool and on its oracle, and the two are compared.
 */
final class RandomPoolSequence {
  private static final int OPERATIONS = 60;
  private static final int MAX_BLOCKS_PER_REQUEST = 8;

  /** How often each interesting case was met; a generator that misses one proves nothing. */
  static final class Coverage {
    private int shared;
    private int grown;
    private int refusedAdmission;
    private int refusedGrowth;
    private int fullPool;
    private int resets;

    void requireEverything() {
      assertThat(List.of(shared, grown, refusedAdmission, refusedGrowth, fullPool, resets))
          .as("shared, grown, refused admission, refused growth, full pool, resets")
          .allMatch(count -> count > 1000);
    }
  }

  /** A request on both sides. */
  private static final class Request {
    final BlockTable table;
    final List<Integer> naiveTable = new ArrayList<>();
    final HashChain chain;
    String tenant = "";
    List<Integer> tokens = new ArrayList<>();
    int computed;

    Request(KvPool pool, int maxBlocks) {
      table = pool.newTable();
      chain = new HashChain(maxBlocks);
    }
  }

  private final Random random;
  private final boolean grouped;
  private final Coverage coverage;
  private final int blockTokens;
  private final KvPool pool;
  private final NaivePool naive;
  private final List<Request> requests = new ArrayList<>();
  private String operation = "none";
  private int operations;

  /**
   * Makes a sequence on a pool of naively allocated slots, whose ids must be the oracle's, or of
   * grouped ones, where only who shares which must agree.
   */
  RandomPoolSequence(long seed, boolean grouped, Coverage coverage) {
    random = new Random(seed);
    this.grouped = grouped;
    this.coverage = coverage;
    blockTokens = 1 + random.nextInt(4);
    int blockCount = 1 + random.nextInt(20);
    KvPoolConfig config =
        new KvPoolConfig(
            blockCount, blockTokens, MAX_BLOCKS_PER_REQUEST, true, new GroupSizes(2, 4));
    pool =
        grouped
            ? new KvPool(config)
            : new KvPool(
                config,
                new NaiveAllocator(blockCount),
                new LruEviction(blockCount),
                new OpenPrefixIndex(blockCount),
                List.of(),
                new CostModel(1, List.of()));
    naive = new NaivePool(blockCount, blockTokens);
    for (int i = 0; i < 4; i++) {
      requests.add(new Request(pool, MAX_BLOCKS_PER_REQUEST));
    }
  }

  void run() {
    for (operations = 0; operations < OPERATIONS; operations++) {
      step(requests.get(random.nextInt(requests.size())));
      compare();
    }
  }

  private void step(Request request) {
    if (random.nextInt(20) == 0) {
      reset();
    } else if (request.table.blockCount() == 0) {
      admit(request);
    } else {
      switch (random.nextInt(5)) {
        case 0 -> release(request);
        case 1, 2 -> grow(request);
        default -> commit(request);
      }
    }
  }

  private void admit(Request request) {
    request.tenant = random.nextInt(4) == 0 ? "b" : "a";
    request.tokens = new ArrayList<>();
    append(request, 1 + random.nextInt(MAX_BLOCKS_PER_REQUEST * blockTokens));
    CacheSalt salt = CacheSalt.of(request.tenant, "");
    request.chain.reset(salt.hi(), salt.lo());
    request.chain.extend(ints(request.tokens), request.tokens.size(), blockTokens);
    int maxShared = (request.tokens.size() - 1) / blockTokens;
    int wanted = 1 + random.nextInt(request.tokens.size());
    int reserve = random.nextInt(4) == 0 ? random.nextInt(6) : 0;
    operation =
        "admit %s%s max shared %d, tokens %d, reserve %d"
            .formatted(request.tenant, request.tokens, maxShared, wanted, reserve);

    int matched = pool.matchPrefix(request.chain, maxShared);
    assertThat(matched).isEqualTo(naive.match(request.tenant, request.tokens, maxShared).size());
    Allocation result = pool.admit(request.table, request.chain, maxShared, wanted, reserve);
    assertThat(result)
        .isEqualTo(
            naive.admit(
                request.naiveTable, request.tenant, request.tokens, maxShared, wanted, reserve));
    switch (result) {
      case Granted granted -> {
        request.computed = granted.sharedBlocks() * blockTokens;
        coverage.shared += granted.sharedBlocks() > 0 ? 1 : 0;
      }
      case Insufficient _ -> coverage.refusedAdmission++;
    }
  }

  private void grow(Request request) {
    int room = MAX_BLOCKS_PER_REQUEST * blockTokens - request.tokens.size();
    append(request, random.nextInt(Math.min(room, 2 * blockTokens) + 1));
    int wanted = random.nextInt(request.tokens.size() + 1);
    int reserve = random.nextInt(3) == 0 ? random.nextInt(3) : 0;
    operation = "grow %s to %d, reserve %d".formatted(request.table, wanted, reserve);
    request.chain.extend(ints(request.tokens), request.tokens.size(), blockTokens);
    Allocation result = pool.grow(request.table, wanted, reserve);
    assertThat(result).isEqualTo(naive.grow(request.naiveTable, wanted, reserve));
    switch (result) {
      case Granted granted -> coverage.grown += granted.newBlocks() > 0 ? 1 : 0;
      case Insufficient _ -> coverage.refusedGrowth++;
    }
  }

  private void commit(Request request) {
    int capacity = Math.min(request.table.blockCount() * blockTokens, request.tokens.size());
    int before = request.computed;
    if (capacity > request.computed) {
      request.computed += random.nextInt(capacity - request.computed + 1);
    }
    operation = "commit %s, computed %d".formatted(request.table, request.computed);
    pool.commit(request.table, request.chain, request.computed);
    naive.commit(request.naiveTable, request.tenant, request.tokens, before, request.computed);
  }

  private void release(Request request) {
    operation = "release " + request.table;
    pool.release(request.table);
    naive.release(request.naiveTable);
  }

  private void reset() {
    operation = "reset";
    for (Request request : requests) {
      release(request);
    }
    pool.reset();
    naive.reset();
    coverage.resets++;
  }

  private void compare() {
    pool.checkIntegrity();
    assertThat(pool.freeBlocks()).isEqualTo(naive.freeBlocks());
    assertThat(pool.ownedBlocks()).isEqualTo(naive.ownedBlocks());
    assertThat(pool.cachedBlocks()).isEqualTo(naive.cachedBlocks());
    Map<Integer, Integer> ids = new HashMap<>();
    for (Request request : requests) {
      if (!sameBlocks(request, ids)) {
        assertThat(request.table).as("but for %s", ids).hasToString(request.naiveTable.toString());
      }
    }
    assertThat(new HashSet<>(ids.values())).hasSameSizeAs(ids.values());
    coverage.fullPool += pool.freeBlocks() == 0 ? 1 : 0;
  }

  /** Whether the tables agree, each of the oracle's blocks always being the same of the pool's. */
  private boolean sameBlocks(Request request, Map<Integer, Integer> ids) {
    int count = request.naiveTable.size();
    boolean same = request.table.blockCount() == count;
    for (int i = 0; same && i < count; i++) {
      int id = request.table.blockId(i);
      Integer naiveId = request.naiveTable.get(i);
      Integer known = ids.putIfAbsent(naiveId, id);
      same = (grouped || id == naiveId) && (known == null || known == id);
    }
    return same;
  }

  /** Tokens 0 to 2, mostly 0. */
  private void append(Request request, int count) {
    for (int i = 0; i < count; i++) {
      request.tokens.add(random.nextInt(6) == 0 ? 1 + random.nextInt(2) : 0);
    }
  }

  private static int[] ints(List<Integer> tokens) {
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public String toString() {
    return operations + ": " + operation;
  }
}

package io.kvasir.kvpool.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.Allocation;
import io.kvasir.kvpool.KvPool;
import io.kvasir.kvpool.KvPoolConfig;
import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.prefix.CacheSalt;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.prefix.SaltTag;
import io.kvasir.kvpool.swap.CostModel;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One random life of a small pool with one to three tiers: requests over a tiny vocabulary compute,
 * are swapped out at any token, come back, and leave; copies are carried out in any order, take any
 * time and fail in every way. The model is the bytes: what each device block and each slot holds,
 * as text; a lossy tier changes it. After every operation the bookkeeping is recounted, and what a
 * request believes computed must be what its blocks hold.
 */
final class RandomTierSequence {
  private static final int OPERATIONS = 150;
  private static final int MAX_BLOCKS = 6;
  private static final List<CopyOutcome> FAILURES =
      List.of(CopyOutcome.MISS, CopyOutcome.FAILED, CopyOutcome.CANCELLED);

  private static final class Request {
    final String owner;
    final boolean lossy;
    final BlockTable table;
    final HashChain chain = new HashChain(MAX_BLOCKS);
    final RequestCopies copies = new RequestCopies(MAX_BLOCKS);
    final int[] tokens;
    int computed;
    boolean running;
    @Nullable Restore restore;

    Request(String tenant, boolean lossy, BlockTable table, int[] tokens) {
      this.owner = tenant + (lossy ? " lossy" : "");
      this.lossy = lossy;
      this.table = table;
      this.tokens = tokens;
      chain.reset(CacheSalt.of(0, 0, tenant, "", lossy));
    }
  }

  private final Random random;
  private final Coverage coverage;
  private final int blockTokens;
  private final CostModel costs;
  private final KvPool pool;
  private final Residency residency;
  private final List<Request> requests = new ArrayList<>();
  private final List<CopyJob> jobs = new ArrayList<>();
  private final String[][] device;
  private final List<String[][]> tiers = new ArrayList<>();
  private String operation = "none";
  private int operations;

  RandomTierSequence(long seed, Coverage coverage) {
    random = new Random(seed);
    this.coverage = coverage;
    blockTokens = 1 + random.nextInt(4);
    int blocks = 6 + random.nextInt(10);
    List<TierSpec> specs = new ArrayList<>();
    for (int t = 0; t < 1 + random.nextInt(3); t++) {
      int slots = 1 + random.nextInt(12);
      TierKind kind = TierKind.values()[Math.max(t, random.nextInt(TierKind.values().length))];
      boolean exact = random.nextInt(3) > 0;
      String codec = exact ? "raw" : "int8";
      boolean persistent = random.nextBoolean();
      long speed = 1L << random.nextInt(40);
      specs.add(new TierSpec(kind, "t" + t, slots, persistent, codec, exact, false, speed, speed));
      tiers.add(new String[slots][blockTokens]);
    }
    costs = new CostModel(64, specs);
    pool = new KvPool(new KvPoolConfig(blocks, blockTokens, MAX_BLOCKS, true), specs, costs);
    residency = pool.residency();
    device = new String[blocks][blockTokens];
  }

  void run() {
    for (operations = 0; operations < OPERATIONS; operations++) {
      step();
      jobs.addAll(residency.takeOrders());
      pool.checkIntegrity();
      requests.forEach(this::checkBytes);
    }
    operation = "end";
    while (!requests.isEmpty()) {
      finish(requests.getFirst());
    }
    jobs.addAll(residency.takeOrders());
    while (!jobs.isEmpty()) {
      carryOut(jobs.removeFirst());
    }
    pool.checkIntegrity();
    assertThat(pool.ownedBlocks() + pool.inFlightBlocks()).isZero();
    for (int t = 0; t < residency.tierCount(); t++) {
      TierTable tier = residency.tier(t);
      assertThat(tier.count(SlotState.ABSENT) + tier.count(SlotState.RESIDENT))
          .isEqualTo(tier.spec().slotCount());
      assertThat(tier.allocatable()).as("nothing stays pinned").isEqualTo(tier.limit());
      assertThat(tier.meta().ranks).as("nobody owns a copy").containsOnly(0);
    }
  }

  private void step() {
    Request request = requests.isEmpty() ? null : requests.get(random.nextInt(requests.size()));
    int dice = random.nextInt(100);
    if (dice < 35 && !jobs.isEmpty()) {
      operation = "copy";
      carryOut(jobs.remove(random.nextInt(jobs.size())));
    } else if (dice < 40) {
      operation = "demote";
      residency.demote();
    } else if (dice < 42) {
      operation = "limit";
      TierTable tier = residency.tier(random.nextInt(residency.tierCount()));
      tier.setLimit(random.nextInt(tier.spec().slotCount() + 1));
    } else if (request == null || dice < 50) {
      operation = "arrive";
      arrive();
    } else if (!request.running) {
      operation = "admit";
      admit(request);
    } else if (dice < 60) {
      operation = "finish";
      finish(request);
    } else if (dice < 72) {
      operation = "swap out";
      swapOut(request);
    } else if (request.restore == null) {
      operation = "compute";
      compute(request);
    }
  }

  private void arrive() {
    if (requests.size() < 6) {
      int[] tokens = random.ints((long) MAX_BLOCKS * blockTokens, 0, 2).toArray();
      String tenant = random.nextInt(4) == 0 ? "b" : "a";
      requests.add(new Request(tenant, random.nextInt(3) == 0, pool.newTable(), tokens));
    }
  }

  private void admit(Request request) {
    int known = Math.max(request.computed + 1, 1 + random.nextInt(request.tokens.length - 1));
    known = Math.min(known, request.tokens.length);
    request.chain.extend(request.tokens, known, blockTokens);
    int most = (known - 1) / blockTokens;
    if (!(pool.admit(request.table, request.chain, most, known, 0)
        instanceof Allocation.Granted granted)) {
      return;
    }
    int shared = granted.sharedBlocks();
    int readable = residency.readableBlocks(request.chain, shared, most);
    int end = shared + readable;
    int tail = 0;
    if (request.copies.pinned() && end == request.computed / blockTokens) {
      int tailTokens = request.computed % blockTokens;
      if (tailTokens > 0) {
        request.chain.hashTail(request.tokens, end, request.computed, blockTokens);
        tail = residency.tailReadable(request.chain) ? tailTokens : 0;
      }
    }
    request.running = true;
    request.computed = shared * blockTokens;
    if (end > shared || tail > 0) {
      request.restore = residency.load(request.table, request.chain, shared, end, tail);
      coverage.met(tail > 0 ? "load with tail" : "load");
    }
    residency.unpin(request.copies, random.nextInt(SlotClaims.RANKS));
  }

  private void compute(Request request) {
    int room = request.table.blockCount() * blockTokens - request.computed;
    int count = Math.min(room, 1 + random.nextInt(2 * blockTokens));
    for (int i = 0; i < count; i++) {
      int position = request.computed + i;
      device[request.table.blockId(position / blockTokens)][position % blockTokens] =
          bytes(request, position);
    }
    request.computed += count;
    request.chain.extend(request.tokens, request.computed, blockTokens);
    pool.commit(request.table, request.chain, request.computed);
  }

  private void swapOut(Request request) {
    int tail = request.computed % blockTokens;
    if (tail > 0) {
      int full = request.computed / blockTokens;
      request.chain.hashTail(request.tokens, full, request.computed, blockTokens);
    }
    int kept =
        random.nextBoolean()
            ? residency.swapOut(request.table, request.chain, request.computed, request.copies)
            : residency.swapOutIfWorthwhile(
                request.table, request.chain, request.computed, request.copies);
    coverage.met(kept == request.computed ? "swapped out whole" : "swapped out in part");
    pool.release(request.table);
    request.running = false;
    request.restore = null;
    request.computed = kept;
  }

  private void finish(Request request) {
    if (request.running) {
      pool.release(request.table);
    }
    if (request.restore != null) {
      coverage.met("finished while loading");
    }
    residency.forget(request.copies);
    requests.remove(request);
  }

  private void carryOut(CopyJob job) {
    List<CopyOutcome> outcomes = new ArrayList<>();
    for (int i = 0; i < job.blockCount(); i++) {
      CopyOutcome outcome =
          random.nextInt(8) > 0 ? CopyOutcome.DONE : FAILURES.get(random.nextInt(FAILURES.size()));
      outcomes.add(outcome);
      coverage.met(job.kind() + " " + outcome);
      if (outcome == CopyOutcome.DONE) {
        String[] from =
            job.kind() == CopyKind.STORE
                ? device[job.blocks()[i]]
                : tiers.get(job.tier())[job.slots()[i]];
        String[] to =
            switch (job.kind()) {
              case STORE -> tiers.get(job.tier())[job.slots()[i]];
              case LOAD -> device[job.blocks()[i]];
              case MOVE -> tiers.get(job.toTier())[job.toSlots()[i]];
            };
        System.arraycopy(from, 0, to, 0, blockTokens);
        loseSome(job, i, to);
      }
    }
    long bytes = 64L * job.blockCount();
    long nanos = 1L << random.nextInt(40);
    CopyResult result = new CopyResult(job.jobId(), outcomes, bytes, 1, 0, nanos, "");
    costs.onCopy(job, result);
    costs.onStep(random.nextInt(64), 1L << random.nextInt(40));
    Restore restore = residency.apply(result);
    if (restore != null && restore.finished()) {
      for (Request request : requests) {
        if (request.restore == restore) {
          request.restore = null;
          request.computed = Math.max(request.computed, restore.usableTokens(blockTokens));
          pool.commit(request.table, request.chain, request.computed);
          coverage.met(restore.complete() ? "restored whole" : "restored in part");
        }
      }
    }
  }

  /** What goes into a lossy tier does not come back as it was. */
  private void loseSome(CopyJob job, int i, String[] block) {
    int written = job.kind() == CopyKind.MOVE ? job.toTier() : job.tier();
    if (job.kind() != CopyKind.LOAD && !residency.tier(written).spec().exact()) {
      assertThat(SaltTag.lossy(job.saltTags()[i])).as("may be stored there").isTrue();
      Arrays.setAll(block, token -> "~" + block[token]);
      coverage.met(job.kind() + " to a lossy tier");
    }
  }

  private void checkBytes(Request request) {
    for (int position = 0; request.running && position < request.computed; position++) {
      String held = device[request.table.blockId(position / blockTokens)][position % blockTokens];
      assertThat(request.lossy ? held.replace("~", "") : held)
          .as("token %d of %s", position, Arrays.toString(request.tokens))
          .isEqualTo(bytes(request, position));
    }
  }

  /** The KV of a token depends on its tenant's salt and on every token up to it. */
  private static String bytes(Request request, int position) {
    return request.owner + Arrays.toString(Arrays.copyOf(request.tokens, position + 1));
  }

  @Override
  public String toString() {
    return "operation " + operations + " (" + operation + ")";
  }
}

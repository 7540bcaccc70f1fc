package io.kvasir.kvpool.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.Allocation;
import io.kvasir.kvpool.KvPool;
import io.kvasir.kvpool.KvPoolConfig;
import io.kvasir.kvpool.swap.CostModel;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.TierSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

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

  private final Random random;
  private final Coverage coverage;
  private final int blockTokens;
  private final CostModel costs;
  private final KvPool pool;
  private final Residency residency;
  private final RandomKeeping keeping;
  private final List<RandomRequest> requests = new ArrayList<>();
  private final List<CopyJob> jobs = new ArrayList<>();
  private final RandomTierBytes memory;
  private final RandomQuotas quotas;
  private final Set<Long> cancelled = new HashSet<>();
  private String operation = "none";
  private int operations;

  RandomTierSequence(long seed, Coverage coverage) {
    random = new Random(seed);
    this.coverage = coverage;
    blockTokens = 1 + random.nextInt(4);
    int blocks = 6 + random.nextInt(10);
    List<TierSpec> specs = RandomTierBytes.specs(random);
    costs = new CostModel(64, specs);
    pool = new KvPool(new KvPoolConfig(blocks, blockTokens, MAX_BLOCKS, true), specs, costs);
    residency = pool.residency();
    keeping = new RandomKeeping(residency.keeper(), random, coverage);
    quotas = new RandomQuotas(residency, random, coverage);
    memory = new RandomTierBytes(blocks, blockTokens, specs, coverage);
  }

  void run() {
    for (operations = 0; operations < OPERATIONS; operations++) {
      step();
      jobs.addAll(residency.takeOrders());
      pool.checkIntegrity();
      quotas.check();
      requests.forEach(request -> request.check(memory.device, blockTokens));
    }
    operation = "end";
    while (!requests.isEmpty()) {
      finish(requests.getFirst());
    }
    keeping.letGoOfAll();
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
    RandomRequest request =
        requests.isEmpty() ? null : requests.get(random.nextInt(requests.size()));
    int dice = random.nextInt(100);
    if (dice < 35 && !jobs.isEmpty()) {
      operation = "copy";
      carryOut(jobs.remove(random.nextInt(jobs.size())));
    } else if (dice < 40) {
      operation = "demote";
      residency.demote();
    } else if (dice < 41) {
      operation = "quota";
      quotas.change();
    } else if (dice < 42) {
      operation = "limit";
      TierTable tier = residency.tier(random.nextInt(residency.tierCount()));
      tier.setLimit(random.nextInt(tier.spec().slotCount() + 1));
    } else if (request != null && dice < 47) {
      operation = "keep";
      keeping.step(request.chain);
    } else if (request != null && !request.running && dice < 52) {
      operation = "probe";
      probe(request);
    } else if (request == null || dice < 53) {
      operation = "arrive";
      arrive();
    } else if (!request.running && random.nextInt(3) == 0) {
      operation = "load ahead";
      coverage.met(request.loadAhead(residency, 1 + random.nextInt(MAX_BLOCKS)));
    } else if (!request.running) {
      operation = "admit";
      admit(request);
    } else if (dice < 62) {
      operation = "finish";
      finish(request);
    } else if (dice < 73) {
      operation = "swap out";
      swapOut(request);
    } else if (request.restore == null) {
      operation = "compute";
      compute(request);
    } else if (dice < 94) {
      operation = "load on";
      loadPart(request, request.restore);
    } else {
      operation = "cancel";
      cancel(request.restore);
    }
  }

  private void arrive() {
    if (requests.size() < 6) {
      int[] tokens = random.ints((long) MAX_BLOCKS * blockTokens, 0, 2).toArray();
      String tenant = random.nextInt(4) == 0 ? "b" : "a";
      boolean lossy = random.nextInt(3) == 0;
      requests.add(new RandomRequest(tenant, lossy, pool.newTable(), tokens, MAX_BLOCKS));
    }
  }

  private void admit(RandomRequest request) {
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
      request.restore = residency.loads().begin(shared, end, tail);
      loadPart(request, request.restore);
      coverage.met(tail > 0 ? "load with tail" : "load");
    }
    residency.unpin(request.copies, random.nextInt(SlotClaims.RANKS));
  }

  private void loadPart(RandomRequest request, Restore restore) {
    if (restore.low() > restore.firstBlock()) {
      residency
          .loads()
          .order(restore, request.table, request.chain, 1 + random.nextInt(MAX_BLOCKS));
      coverage.met(restore.low() > restore.firstBlock() ? "load a part" : "load the front");
    }
    settle(request, restore);
  }

  /** What was loaded counts if it goes on from what is computed; the rest may be given up. */
  private void settle(RandomRequest request, Restore restore) {
    if (restore.finished() && (restore.low() == restore.firstBlock() || random.nextBoolean())) {
      request.restore = null;
      int end = restore.loadedEnd(restore.firstBlock());
      request.computed = Math.max(request.computed, restore.tokensBefore(end, blockTokens));
      pool.commit(request.table, request.chain, request.computed);
      coverage.met(end == restore.endBlock() ? "restored whole" : "restored in part");
    }
  }

  private void cancel(Restore restore) {
    int front = restore.nextOrdered(restore.low());
    if (random.nextBoolean() && restore.partBlocks(front) > 0) {
      residency.loads().cancel(restore, front);
      coverage.met("overtaken");
    } else {
      residency.loads().cancel(restore);
      coverage.met("cancelled");
    }
    Arrays.stream(residency.takeCancelled()).forEach(cancelled::add);
  }

  private void probe(RandomRequest request) {
    request.chain.extend(request.tokens, request.tokens.length, blockTokens);
    int from = residency.probes().firstUnknown(request.chain, MAX_BLOCKS);
    if (!residency.probes().possible(request.chain) || from == MAX_BLOCKS) {
      return;
    }
    if (residency.probes().underWay(request.chain, from) == null) {
      if (random.nextInt(4) == 0) {
        memory.storeElsewhere(request, 1 + random.nextInt(MAX_BLOCKS));
      }
      residency.probes().ask(request.chain, from, MAX_BLOCKS);
      coverage.met("probe");
    } else {
      coverage.met("probe under way");
    }
  }

  private void compute(RandomRequest request) {
    int room = request.table.blockCount() * blockTokens - request.computed;
    int count = Math.min(room, 1 + random.nextInt(2 * blockTokens));
    for (int i = 0; i < count; i++) {
      int position = request.computed + i;
      memory.device[request.table.blockId(position / blockTokens)][position % blockTokens] =
          request.bytes(position);
    }
    request.computed += count;
    request.chain.extend(request.tokens, request.computed, blockTokens);
    pool.commit(request.table, request.chain, request.computed);
  }

  private void swapOut(RandomRequest request) {
    int full = request.computed / blockTokens;
    if (request.computed > full * blockTokens) {
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

  private void finish(RandomRequest request) {
    if (request.running) {
      pool.release(request.table);
    }
    coverage.met(request.restore == null ? "finished" : "finished while loading");
    residency.forget(request.copies);
    requests.remove(request);
  }

  private void carryOut(CopyJob job) {
    List<CopyOutcome> outcomes = new ArrayList<>();
    boolean gaveUp = cancelled.remove(job.jobId());
    for (int i = 0; i < job.blockCount(); i++) {
      CopyOutcome outcome =
          random.nextInt(8) > 0 ? CopyOutcome.DONE : FAILURES.get(random.nextInt(FAILURES.size()));
      if (gaveUp && random.nextBoolean()) {
        outcome = CopyOutcome.CANCELLED;
      } else if (outcome == CopyOutcome.DONE) {
        outcome = memory.copy(job, i);
      }
      outcomes.add(outcome);
      coverage.met(job.kind() + " " + outcome);
    }
    long nanos = 1L << random.nextInt(40);
    CopyResult result = new CopyResult(job.jobId(), outcomes, 64, 1, 0, nanos, "");
    costs.onCopy(job, result);
    costs.onStep(random.nextInt(64), 1L << random.nextInt(40));
    long before = residency.probes().foundBlocks();
    Restore restore = residency.apply(result);
    coverage.met(residency.probes().foundBlocks() > before ? "found elsewhere" : "nothing found");
    for (RandomRequest request : requests) {
      if (restore != null && request.restore == restore) {
        settle(request, restore);
      }
    }
  }

  @Override
  public String toString() {
    return "operation " + operations + " (" + operation + ")";
  }
}

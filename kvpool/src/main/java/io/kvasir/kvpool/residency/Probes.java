package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.block.BlockPool;
import io.kvasir.kvpool.group.GroupOwner;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.prefix.PrefixIndex;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.kvpool.tier.TierKind;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks a shared server what other instances stored there. The leading blocks that it holds become
 * resident in the table of its tier, in slots that are free or evictable, and are found from then
 * on like any others. Its records are found by their hash, so a slot is only a handle; whether the
 * record is good is proven when it is loaded.
 *
 * <p>Confined to the scheduler loop.
 */
public final class Probes {
  /** Records of a shared server are not told apart by a number. */
  private static final int ANY_GENERATION = 0;

  private static final int[] NONE = {};

  private final BlockPool pool;
  private final Tiers tiers;
  private final CopyLedger ledger;
  private final int tier;
  private final int blockTokens;
  private final Map<Long, Probe> asked = new LinkedHashMap<>();
  private final GroupOwner batch = new GroupOwner();
  private long foundBlocks;

  Probes(BlockPool pool, Tiers tiers, CopyLedger ledger, int blockTokens) {
    this.blockTokens = blockTokens;
    this.pool = pool;
    this.tiers = tiers;
    this.ledger = ledger;
    int shared = Tiers.NONE;
    for (int t = 0; t < tiers.count(); t++) {
      if (tiers.get(t).spec().kind() == TierKind.REMOTE) {
        shared = t;
      }
    }
    tier = shared;
  }

  /** Whether there is a server to ask. */
  public boolean possible() {
    return tier != Tiers.NONE;
  }

  /** Whether the server may hold blocks of a chain's domain. */
  public boolean possible(HashChain chain) {
    return tier != Tiers.NONE && tiers.admits(tier, chain.saltTag());
  }

  /** Blocks that were found and are new here, so far. */
  public long foundBlocks() {
    return foundBlocks;
  }

  /**
   * The first of {@code to} blocks of a chain that neither arena nor tiers know; else {@code to}.
   */
  public int firstUnknown(HashChain chain, int to) {
    int i = 0;
    while (i < to && known(chain.hi(i), chain.lo(i))) {
      i++;
    }
    return i;
  }

  private boolean known(long hi, long lo) {
    return pool.find(hi, lo) != PrefixIndex.ABSENT || tiers.findAny(hi, lo) != Tiers.NONE;
  }

  /** The question under way whose first block is that of a chain; null if there is none. */
  public @Nullable Probe underWay(HashChain chain, int from) {
    for (Probe probe : asked.values()) {
      if (probe.beginsWith(chain.hi(from), chain.lo(from))) {
        return probe;
      }
    }
    return null;
  }

  /** Asks for blocks {@code from} to {@code to - 1} of a chain; at least one. */
  public Probe ask(HashChain chain, int from, int to) {
    Probe probe = new Probe(chain.hi(from), chain.lo(from), chain.hi(to - 1), chain.lo(to - 1));
    CopyJob job = job(chain, from, to);
    ledger.orderProbe(job);
    asked.put(job.jobId(), probe);
    return probe;
  }

  private CopyJob job(HashChain chain, int from, int to) {
    int count = to - from;
    long[] hashHi = new long[count];
    long[] hashLo = new long[count];
    int[] tokens = new int[count];
    int[] saltTags = new int[count];
    Arrays.fill(tokens, blockTokens);
    Arrays.fill(saltTags, chain.saltTag());
    for (int i = 0; i < count; i++) {
      hashHi[i] = chain.hi(from + i);
      hashLo[i] = chain.lo(from + i);
    }
    return new CopyJob(
        ledger.nextJobId(),
        CopyKind.PROBE,
        CopyUrgency.RESTORE,
        tier,
        -1,
        NONE,
        NONE,
        NONE,
        hashHi,
        hashLo,
        tokens,
        new int[count],
        saltTags);
  }

  /** A job ended; if it was a question, what was found is taken over. */
  void apply(CopyJob job, CopyResult result) {
    if (job.kind() != CopyKind.PROBE) {
      return;
    }
    Probe probe = asked.remove(job.jobId());
    if (probe == null) {
      throw new IllegalStateException("nobody asked job " + job.jobId());
    }
    TierTable table = tiers.get(tier);
    int room = Math.min(countFresh(job, result), tiers.room(tier, job.saltTags()[0]));
    if (room > 0) {
      table.expect(batch, room);
    }
    int i = 0;
    while (i < job.blockCount() && holds(job, result, i)) {
      if (!known(job.hashHi()[i], job.hashLo()[i])) {
        if (room == 0) {
          break;
        }
        adopt(table, job, i);
        room--;
      }
      i++;
    }
    table.close(batch);
    boolean failed = result.outcomes().contains(CopyOutcome.FAILED);
    probe.answer(i, failed);
  }

  /** Blocks of the leading run that are new here. */
  private int countFresh(CopyJob job, CopyResult result) {
    int fresh = 0;
    for (int i = 0; i < job.blockCount() && holds(job, result, i); i++) {
      fresh += known(job.hashHi()[i], job.hashLo()[i]) ? 0 : 1;
    }
    return fresh;
  }

  /** Whether a block can be had, from the server or from nearer. */
  private boolean holds(CopyJob job, CopyResult result, int i) {
    return result.outcomes().get(i) == CopyOutcome.DONE || known(job.hashHi()[i], job.hashLo()[i]);
  }

  private void adopt(TierTable table, CopyJob job, int i) {
    int slot =
        table.beginStore(
            batch,
            job.hashHi()[i],
            job.hashLo()[i],
            job.tokens()[i],
            job.saltTags()[i],
            ANY_GENERATION);
    table.endStore(slot, true);
    foundBlocks++;
  }
}

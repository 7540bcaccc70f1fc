package io.kvasir.offload.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.CopyUrgency;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Uses its own share of the blocks and slots the way a planner does: nothing in flight is reused.
 * It knows what every slot must hold; a block's key is its content.
 */
final class StressActor {
  private static final int TIERS = 3;
  private static final int SHARE = 48;
  private static final int POISON = 0x5A;
  private static final CopyKind[] KINDS = {CopyKind.STORE, CopyKind.LOAD, CopyKind.MOVE};

  private final CopyRig rig;
  private final int id;
  private final int actors;
  private final long seed;
  private final Random random;
  private final BlockingQueue<CopyResult> inbox;
  private final int first;
  private final BitSet busyBlocks = new BitSet();
  private final BitSet[] busySlots = {new BitSet(), new BitSet(), new BitSet()};
  // What a slot holds; 0 is nothing.
  private final int[][] held = new int[TIERS][SHARE];
  private final Map<Long, CopyJob> flights = new HashMap<>();
  private int nextValue = 1;

  StressActor(CopyRig rig, int id, int actors, long seed, BlockingQueue<CopyResult> inbox) {
    this.rig = rig;
    this.id = id;
    this.actors = actors;
    this.seed = seed;
    this.random = new Random(seed + id);
    this.inbox = inbox;
    this.first = id * SHARE;
    for (int block = first; block < first + SHARE; block++) {
      rig.fill(block, POISON);
    }
  }

  void run(int jobs) {
    for (int n = 1; n <= jobs; n++) {
      CopyJob job = null;
      while (job == null) {
        job = invent((long) n * actors + id);
        if (job == null || random.nextInt(4) == 0) {
          observeNext(job == null);
        }
      }
      flights.put(job.jobId(), job);
      rig.engine.submit(job);
      if (random.nextInt(5) == 0) {
        List<Long> ids = new ArrayList<>(flights.keySet());
        rig.engine.cancel(ids.get(random.nextInt(ids.size())));
      }
    }
    while (!flights.isEmpty()) {
      observeNext(true);
    }
  }

  /** Nobody wrote a block after its last result. */
  void assertPoisoned() {
    for (int block = first; block < first + SHARE; block++) {
      rig.assertFilled(block, POISON);
    }
  }

  private void observeNext(boolean wait) {
    try {
      CopyResult result = wait ? inbox.poll(30, TimeUnit.SECONDS) : inbox.poll();
      if (result != null) {
        observe(result);
      } else {
        assertThat(wait).as("no result, seed %d", seed).isFalse();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A job over idle blocks and slots; null if too few are idle. */
  private @Nullable CopyJob invent(long jobId) {
    CopyKind kind = pick(KINDS);
    CopyUrgency urgency = pick(CopyUrgency.values());
    int count = 1 + random.nextInt(10);
    int tier = random.nextInt(kind == CopyKind.MOVE ? TIERS - 1 : TIERS);
    int[] slots = idle(busySlots[tier], count);
    int toTier = kind == CopyKind.MOVE ? tier + 1 + random.nextInt(TIERS - 1 - tier) : -1;
    int[] other = idle(toTier < 0 ? busyBlocks : busySlots[toTier], count);
    if (slots.length == 0 || other.length == 0) {
      return null;
    }
    int[] keys = new int[count];
    for (int i = 0; i < count; i++) {
      if (kind == CopyKind.STORE) {
        keys[i] = nextValue++;
        rig.fill(first + other[i], keys[i]);
      } else {
        keys[i] = held[tier][slots[i]];
      }
      busySlots[tier].set(slots[i]);
      (toTier < 0 ? busyBlocks : busySlots[toTier]).set(other[i]);
    }
    int[] places = shifted(slots);
    int[] others = shifted(other);
    return switch (kind) {
      case STORE -> Jobs.storeOf(jobId, urgency, tier, others, places, keys);
      case LOAD -> Jobs.loadOf(jobId, urgency, tier, others, places, keys);
      case MOVE -> Jobs.moveOf(jobId, urgency, tier, toTier, places, others, keys);
      case PROBE -> throw new AssertionError("nobody shares these tiers");
    };
  }

  private <T> T pick(T[] values) {
    return values[random.nextInt(values.length)];
  }

  /** Idle numbers, mostly neighbours. */
  private int[] idle(BitSet busy, int count) {
    int[] found = new int[count];
    int from = random.nextInt(SHARE);
    int n = 0;
    for (int i = 0; i < SHARE && n < count; i++) {
      int candidate = (from + i) % SHARE;
      if (!busy.get(candidate)) {
        found[n++] = candidate;
      }
    }
    return n == count ? found : new int[0];
  }

  private int[] shifted(int[] numbers) {
    int[] shifted = numbers.clone();
    for (int i = 0; i < shifted.length; i++) {
      shifted[i] += first;
    }
    return shifted;
  }

  private void observe(CopyResult result) {
    CopyJob job = Objects.requireNonNull(flights.remove(result.jobId()), "told twice");
    for (int i = 0; i < job.blockCount(); i++) {
      CopyOutcome outcome = result.outcomes().get(i);
      int slot = job.slots()[i] - first;
      int key = (int) job.hashHi()[i];
      busySlots[job.tier()].clear(slot);
      assertThat(outcome).as("seed %d: %s", seed, result).isNotEqualTo(CopyOutcome.FAILED);
      assertThat(outcome == CopyOutcome.MISS)
          .as("seed %d: %s", seed, result)
          .isEqualTo(key == 0 && outcome != CopyOutcome.CANCELLED);
      if (job.kind() == CopyKind.MOVE) {
        int toSlot = job.toSlots()[i] - first;
        busySlots[job.toTier()].clear(toSlot);
        if (outcome == CopyOutcome.DONE) {
          held[job.toTier()][toSlot] = key;
        }
      } else {
        observe(job, i, outcome, slot, key);
      }
    }
  }

  private void observe(CopyJob job, int i, CopyOutcome outcome, int slot, int key) {
    int block = job.blocks()[i];
    busyBlocks.clear(block - first);
    if (job.kind() == CopyKind.STORE) {
      if (outcome == CopyOutcome.DONE) {
        held[job.tier()][slot] = key;
      }
    } else if (outcome == CopyOutcome.DONE) {
      rig.assertFilled(block, key);
    } else if (outcome == CopyOutcome.CANCELLED) {
      rig.assertFilled(block, POISON);
    }
    rig.fill(block, POISON);
  }
}

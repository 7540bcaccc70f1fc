package io.kvasir.kvpool.residency;

import static io.kvasir.kvpool.residency.SlotState.ABSENT;
import static io.kvasir.kvpool.residency.SlotState.EVICTING;
import static io.kvasir.kvpool.residency.SlotState.LOADING;
import static io.kvasir.kvpool.residency.SlotState.RESIDENT;
import static io.kvasir.kvpool.residency.SlotState.STORING;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.residency.TieredPool.Request;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import org.junit.jupiter.api.Test;

/** Every end of every kind of copy: whoever waits for it, is gone, or finds the block given up. */
final class CopyOutcomeTest {
  private static final String TEXT = "aaaabbbb?";

  /** What happens between the order and its result. */
  private enum Meanwhile {
    NOTHING,
    REQUEST_LEAVES,
    BLOCKS_ARE_GIVEN_UP
  }

  private TieredPool tiered = new TieredPool(8, TieredPool.tier("dram", 4));

  @Test
  void stores() {
    for (CopyOutcome outcome : CopyOutcome.values()) {
      for (Meanwhile meanwhile : Meanwhile.values()) {
        tiered = new TieredPool(8, TieredPool.tier("dram", 4));
        Request request = tiered.request(TEXT).compute(8);
        request.swapOut();
        CopyJob job = tiered.order();
        assertThat(job.kind()).isEqualTo(CopyKind.STORE);
        happen(meanwhile, request, job, STORING);
        assertThat(tiered.pool.inFlightBlocks()).isEqualTo(2);
        tiered.observe(job, outcome);
        boolean stays = outcome == CopyOutcome.DONE && meanwhile != Meanwhile.BLOCKS_ARE_GIVEN_UP;
        assertSlots(0, job.slots(), stays ? RESIDENT : ABSENT, outcome + ", " + meanwhile);
        assertEnd(request, job, outcome);
      }
    }
  }

  @Test
  void loads() {
    for (CopyOutcome outcome : CopyOutcome.values()) {
      for (Meanwhile meanwhile : Meanwhile.values()) {
        tiered = new TieredPool(8, TieredPool.tier("dram", 4));
        Request request = tiered.request(TEXT).compute(8);
        request.swapOut();
        tiered.settle();
        tiered.evictCached();
        request.swapIn(1);
        CopyJob job = tiered.order();
        assertThat(job.kind()).isEqualTo(CopyKind.LOAD);
        happen(meanwhile, request, job, LOADING);
        Restore restore = tiered.observe(job, outcome);
        assertThat(restore).isNotNull().matches(Restore::finished);
        if (restore != null) {
          assertThat(TieredPool.usableTokens(restore))
              .isEqualTo(outcome == CopyOutcome.DONE ? 8 : 0);
        }
        boolean stays = outcome != CopyOutcome.MISS && meanwhile != Meanwhile.BLOCKS_ARE_GIVEN_UP;
        assertSlots(0, job.slots(), stays ? RESIDENT : ABSENT, outcome + ", " + meanwhile);
        boolean cached = outcome == CopyOutcome.DONE && meanwhile == Meanwhile.REQUEST_LEAVES;
        assertThat(tiered.pool.matchPrefix(request.chain, 2)).isEqualTo(cached ? 2 : 0);
        assertEnd(request, job, outcome);
      }
    }
  }

  @Test
  void moves() {
    for (CopyOutcome outcome : CopyOutcome.values()) {
      for (Meanwhile meanwhile : Meanwhile.values()) {
        tiered = new TieredPool(8, TieredPool.tier("dram", 4), TieredPool.persistent("ssd", 4));
        Request request = tiered.request(TEXT).compute(8);
        request.swapOut();
        tiered.settle();
        tiered.residency.demote();
        CopyJob job = tiered.order();
        assertThat(job.kind()).isEqualTo(CopyKind.MOVE);
        assertSlots(1, job.toSlots(), STORING, "target");
        happen(meanwhile, request, job, LOADING);
        tiered.observe(job, outcome);
        boolean stays = outcome != CopyOutcome.MISS && meanwhile != Meanwhile.BLOCKS_ARE_GIVEN_UP;
        String name = outcome + ", " + meanwhile;
        assertSlots(0, job.slots(), stays ? RESIDENT : ABSENT, name);
        assertSlots(1, job.toSlots(), outcome == CopyOutcome.DONE ? RESIDENT : ABSENT, name);
        assertEnd(request, job, outcome);
      }
    }
  }

  private void happen(Meanwhile meanwhile, Request request, CopyJob job, SlotState before) {
    assertSlots(0, job.slots(), before, "in flight");
    switch (meanwhile) {
      case NOTHING -> {}
      case REQUEST_LEAVES -> {
        request.leave();
        assertSlots(0, job.slots(), before, "the copy goes on");
      }
      case BLOCKS_ARE_GIVEN_UP -> {
        for (int slot : job.slots()) {
          tiered.residency.tier(0).evict(slot);
        }
        assertSlots(0, job.slots(), EVICTING, "the copy goes on");
        assertThat(request.state(0, 0)).isEqualTo(ABSENT);
      }
    }
    tiered.check();
  }

  private void assertEnd(Request request, CopyJob job, CopyOutcome outcome) {
    CopyTotals totals = tiered.residency.totals().of(job.tier(), job.kind());
    assertThat(totals.done()).isEqualTo(outcome == CopyOutcome.DONE ? 2 : 0);
    assertThat(totals.missed()).isEqualTo(outcome == CopyOutcome.MISS ? 2 : 0);
    assertThat(totals.failed()).isEqualTo(outcome == CopyOutcome.FAILED ? 2 : 0);
    assertThat(totals.cancelled()).isEqualTo(outcome == CopyOutcome.CANCELLED ? 2 : 0);
    request.leave();
    tiered.check();
    assertThat(tiered.residency.jobsInFlight()).isZero();
    assertThat(tiered.pool.inFlightBlocks() + tiered.pool.ownedBlocks()).isZero();
    assertThat(tiered.residency.tier(0).allocatable()).as("nothing is protected").isEqualTo(4);
  }

  private void assertSlots(int tier, int[] slots, SlotState state, String when) {
    for (int slot : slots) {
      assertThat(tiered.residency.tier(tier).state(slot)).as(when).isEqualTo(state);
    }
  }
}

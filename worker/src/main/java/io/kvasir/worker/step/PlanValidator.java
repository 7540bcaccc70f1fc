package io.kvasir.worker.step;

import io.kvasir.worker.runner.ModelRunner;
import java.util.List;

/**
 * Checks a step plan against what the worker knows, before anything of it is applied: a plan that
 * is refused changes nothing. Errors name the slot, the field and the limit. Confined to the worker
 * loop; allocates only to complain.
 */
final class PlanValidator {
  private final ModelRunner runner;
  private final RequestSlots slots;
  private final int blockTokens;

  /* A slot's mark equals the current epoch if this plan touched it in that way. */
  private long epoch;
  private final long[] released;
  private final long[] added;
  private final int[] addedIndex;
  private final long[] scheduled;

  PlanValidator(ModelRunner runner, RequestSlots slots) {
    this.runner = runner;
    this.slots = slots;
    this.blockTokens = runner.geometry().blockTokens();
    this.released = new long[slots.slotCount()];
    this.added = new long[slots.slotCount()];
    this.addedIndex = new int[slots.slotCount()];
    this.scheduled = new long[slots.slotCount()];
  }

  /**
   * @throws IllegalArgumentException naming slot and field if the plan cannot be applied
   */
  void validate(StepPlan plan) {
    epoch++;
    for (int slot : plan.releasedSlots()) {
      checkReleased(slot);
    }
    List<NewRequest> newRequests = plan.newRequests();
    for (int i = 0; i < newRequests.size(); i++) {
      checkNew(newRequests.get(i), i);
    }
    long tokens = 0;
    ScheduledRequests requests = plan.scheduled();
    for (int i = 0; i < requests.size(); i++) {
      checkScheduled(requests, i, newRequests);
      tokens += requests.tokenCount(i);
    }
    if (tokens > runner.maxBatchTokens()) {
      throw new IllegalArgumentException(
          "plan computes " + tokens + " tokens, limit " + runner.maxBatchTokens());
    }
  }

  /* Releasing a free slot is allowed: after a failed step the scheduler may release all it holds. */
  private void checkReleased(int slot) {
    checkSlot(slot, "released_slots");
    check(released[slot] != epoch, slot, "released_slots", "released twice in one plan");
    released[slot] = epoch;
  }

  private void checkNew(NewRequest request, int index) {
    int slot = request.slot();
    checkSlot(slot, "new_requests");
    boolean free = released[slot] == epoch || !slots.occupied(slot);
    check(free && added[slot] != epoch, slot, "new_requests", "slot already holds a request");
    added[slot] = epoch;
    addedIndex[slot] = index;

    int[] tokens = request.tokenIds();
    checkRange(tokens.length, 1, runner.contextLength() + 1, slot, "token_ids.length");
    for (int token : tokens) {
      checkRange(token, 0, runner.vocabularySize() - 1, slot, "token_ids");
    }
    checkRange(request.promptTokens(), 1, tokens.length, slot, "prompt_tokens");
    checkRange(
        request.blockIds().length, 0, (tokens.length - 1) / blockTokens, slot, "block_ids.length");
    checkBlocks(request.blockIds(), slot, "block_ids");
    checkRange(request.topCandidates(), 0, runner.vocabularySize(), slot, "top_candidates");
  }

  private void checkScheduled(ScheduledRequests requests, int i, List<NewRequest> newRequests) {
    int slot = requests.slot(i);
    checkSlot(slot, "scheduled");
    int known;
    int computed;
    int blocks;
    if (added[slot] == epoch) {
      NewRequest added = newRequests.get(addedIndex[slot]);
      known = added.tokenIds().length;
      blocks = added.blockIds().length;
      computed = blocks * blockTokens;
    } else {
      boolean held = released[slot] != epoch && slots.occupied(slot);
      check(held, slot, "scheduled", "slot holds no request");
      known = slots.tokenCount(slot);
      blocks = slots.blockCount(slot);
      computed = slots.computedTokens(slot);
    }
    check(scheduled[slot] != epoch, slot, "scheduled", "scheduled twice in one plan");
    scheduled[slot] = epoch;

    int start = requests.computedTokens(i);
    int end = Math.min(known, runner.contextLength());
    checkRange(start, computed, Math.max(computed, end - 1), slot, "computed_tokens");
    checkRange(requests.tokenCount(i), 1, end - start, slot, "token_count");
    end = start + requests.tokenCount(i);

    for (int n = 0; n < requests.newBlockCount(i); n++) {
      checkBlock(requests.newBlockId(i, n), slot, "new_block_ids");
    }
    blocks += requests.newBlockCount(i);
    int needed = Math.ceilDiv(end, blockTokens);
    checkRange(blocks, needed, slots.maxBlocks(), slot, "block table length");
    check(
        requests.sample(i) == (end == known),
        slot,
        "sample",
        "is " + requests.sample(i) + " after token " + end + " of " + known);
  }

  private void checkBlocks(int[] blockIds, int slot, String field) {
    for (int blockId : blockIds) {
      checkBlock(blockId, slot, field);
    }
  }

  private void checkBlock(int blockId, int slot, String field) {
    checkRange(blockId, 0, runner.blockCount() - 1, slot, field);
  }

  private void checkSlot(int slot, String field) {
    checkRange(slot, 0, slots.slotCount() - 1, slot, field + ".slot");
  }

  private static void checkRange(int value, int min, int max, int slot, String field) {
    if (value < min || value > max) {
      check(false, slot, field, "is " + value + ", must be " + min + " to " + max);
    }
  }

  private static void check(boolean holds, int slot, String field, String problem) {
    if (!holds) {
      throw new IllegalArgumentException("slot " + slot + ": " + field + ": " + problem);
    }
  }
}

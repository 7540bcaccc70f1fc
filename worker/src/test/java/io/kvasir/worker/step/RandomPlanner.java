package io.kvasir.worker.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.worker.runner.hash.HashModelRunner;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import io.kvasir.worker.sample.SamplingParams;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes valid plans at random for requests it invents, and knows what must come back. */
final class RandomPlanner {
  private final HashRunnerConfig config;
  private final Random random;
  private final @Nullable Held[] slots;
  private final ArrayDeque<Integer> freeBlocks = new ArrayDeque<>();
  private final ArrayDeque<int[]> preempted = new ArrayDeque<>();
  private final List<Held> sampling = new ArrayList<>();
  private final int[] references;
  private int tokensChecked;
  private int forks;

  RandomPlanner(HashRunnerConfig config, int maxRequests, Random random) {
    this.config = config;
    this.random = random;
    this.slots = new Held[maxRequests];
    this.references = new int[config.blockCount()];
    for (int block = 0; block < config.blockCount(); block++) {
      freeBlocks.add(block);
    }
  }

  int tokensChecked() {
    return tokensChecked;
  }

  int forks() {
    return forks;
  }

  int heldRequests() {
    return (int) Arrays.stream(slots).filter(held -> held != null).count();
  }

  StepPlan plan(long stepId) {
    int[] released = releaseSome();
    List<NewRequest> added = addSome();
    List<ScheduledRequest> scheduled = new ArrayList<>();
    sampling.clear();
    int budget = config.maxBatchTokens();
    for (Held held : slots) {
      if (held != null && budget > 0 && random.nextInt(10) < 8) {
        budget -= schedule(held, budget, scheduled);
      }
    }
    return new StepPlan(stepId, released, added, scheduled);
  }

  void check(StepResult result, String step) {
    assertThat(result.tokens()).as(step).hasSameSizeAs(sampling);
    for (int i = 0; i < sampling.size(); i++) {
      Held held = sampling.get(i);
      SampledToken token = result.tokens().get(i);
      int[] expected = HashModelRunner.expected(held.tokens(), 1, config.vocabularySize());
      assertThat(token.slot()).as(step).isEqualTo(held.slot);
      assertThat(token.tokenId()).as(step).isEqualTo(expected[0]);
      held.append(token.tokenId());
      tokensChecked++;
    }
  }

  private int[] releaseSome() {
    List<Integer> released = new ArrayList<>();
    for (int slot = 0; slot < slots.length; slot++) {
      Held held = slots[slot];
      if (held == null) {
        continue;
      }
      boolean full = held.count > config.contextLength();
      if (full || random.nextInt(40) == 0 || freeBlocks.isEmpty()) {
        if (!full && random.nextBoolean()) {
          preempted.add(held.tokens());
        }
        held.blocks.forEach(this::unshare);
        slots[slot] = null;
        released.add(slot);
      }
    }
    return released.stream().mapToInt(Integer::intValue).toArray();
  }

  private List<NewRequest> addSome() {
    List<NewRequest> added = new ArrayList<>();
    for (int slot = 0; slot < slots.length; slot++) {
      if (slots[slot] == null && random.nextInt(3) == 0) {
        NewRequest request = fork(slot);
        if (request == null) {
          int[] tokens = preempted.isEmpty() ? prompt() : preempted.remove();
          slots[slot] = new Held(slot, tokens, config.contextLength());
          request = newRequest(slot, tokens, new int[0]);
        }
        added.add(request);
      }
    }
    return added;
  }

  /* Continues a held request's computed full blocks in another way. */
  private @Nullable NewRequest fork(int slot) {
    Held origin = slots[random.nextInt(slots.length)];
    if (origin == null || origin.computed < config.blockTokens() || random.nextBoolean()) {
      return null;
    }
    int shared = 1 + random.nextInt(origin.computed / config.blockTokens());
    int length = shared * config.blockTokens() + 1 + random.nextInt(3);
    if (length > config.contextLength()) {
      return null;
    }
    int[] tokens = Arrays.copyOf(origin.ids, length);
    tokens[length - 1] = random.nextInt(config.vocabularySize());
    int[] blocks = origin.blocks.stream().limit(shared).mapToInt(Integer::intValue).toArray();
    Held held = new Held(slot, tokens, config.contextLength());
    for (int block : blocks) {
      held.blocks.add(block);
      references[block]++;
    }
    held.computed = shared * config.blockTokens();
    slots[slot] = held;
    forks++;
    return newRequest(slot, tokens, blocks);
  }

  private static NewRequest newRequest(int slot, int[] tokens, int[] blocks) {
    return new NewRequest(
        slot, "r" + slot, tokens, tokens.length, blocks, SamplingParams.GREEDY, 0);
  }

  private void unshare(int block) {
    if (--references[block] == 0) {
      freeBlocks.add(block);
    }
  }

  private int[] prompt() {
    int longest = config.contextLength() / 2;
    return random.ints(1 + random.nextInt(longest), 0, config.vocabularySize()).toArray();
  }

  private int schedule(Held held, int budget, List<ScheduledRequest> scheduled) {
    int behind = Math.min(held.count, config.contextLength()) - held.computed;
    if (behind < 1) {
      return 0;
    }
    int count = 1 + random.nextInt(Math.min(behind, budget));
    int end = held.computed + count;
    int missing = Math.ceilDiv(end, config.blockTokens()) - held.blocks.size();
    if (missing > freeBlocks.size()) {
      return 0;
    }
    int[] newBlocks = new int[Math.max(0, missing)];
    for (int i = 0; i < newBlocks.length; i++) {
      newBlocks[i] = random.nextBoolean() ? freeBlocks.removeFirst() : freeBlocks.removeLast();
      references[newBlocks[i]] = 1;
      held.blocks.add(newBlocks[i]);
    }
    boolean sample = end == held.count;
    if (sample) {
      sampling.add(held);
    }
    scheduled.add(new ScheduledRequest(held.slot, held.computed, count, newBlocks, sample));
    held.computed = end;
    return count;
  }

  /** A request the engine should know. */
  private static final class Held {
    final int slot;
    final int[] ids;
    final List<Integer> blocks = new ArrayList<>();
    int count;
    int computed;

    Held(int slot, int[] tokens, int contextLength) {
      this.slot = slot;
      this.ids = Arrays.copyOf(tokens, contextLength + 1);
      this.count = tokens.length;
    }

    int[] tokens() {
      return Arrays.copyOf(ids, count);
    }

    void append(int tokenId) {
      ids[count++] = tokenId;
    }
  }
}

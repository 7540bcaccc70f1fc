package io.kvasir.loadtest.sim.engine;

import io.kvasir.loadtest.sim.link.SimTier;
import io.kvasir.scheduler.plan.SwapDecision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Who runs, who waits and who is swapped, in the model of vLLM 0.3.3. At each step all of them are
 * sorted by priority; whoever has a higher one than somebody on the device, and no room, makes the
 * lowest there give way. Confined to one thread.
 */
final class VllmQueues {
  private static final Comparator<VllmSequence> BY_PRIORITY =
      Comparator.<VllmSequence>comparingLong(each -> each.rank)
          .thenComparingLong(each -> each.number);

  private static final VllmSequence.Place RESIDENT = VllmSequence.Place.RESIDENT;

  private final VllmSwaps swaps;
  private final SimObserver observer;
  private final VllmMemory memory;
  private final TracedRanks ranks;
  private final boolean synchronous;
  private final boolean keepsCopies;
  private final boolean parksTurns;
  private final int maxRequests;
  private final int maxStepTokens;

  /** Everybody, highest priority first once a step is planned. */
  private final List<VllmSequence> live = new ArrayList<>();

  private final List<VllmSequence> residents = new ArrayList<>();
  private final List<VllmSequence> victims = new ArrayList<>();

  /** Blocks that stores under way will free. */
  private int leavingBlocks;

  private boolean changed;
  private boolean preempted;

  VllmQueues(SimSetup setup, VllmSwaps swaps, SimObserver observer) {
    this.swaps = swaps;
    this.observer = observer;
    int hostBlocks = setup.tiers().stream().mapToInt(SimTier::slots).sum();
    memory = new VllmMemory(setup.blockTokens(), setup.kvBlocks(), hostBlocks);
    ranks = new TracedRanks(setup.scheduler().policySettings());
    synchronous = setup.copies().synchronous();
    keepsCopies = setup.scheduler().keepCopies();
    parksTurns = setup.scheduler().prefixCaching();
    maxRequests = setup.scheduler().maxRunningRequests();
    maxStepTokens = setup.scheduler().maxStepTokens();
  }

  VllmMemory memory() {
    return memory;
  }

  int count() {
    return live.size();
  }

  /** Requests with blocks that are not about to lose them. */
  int residentCount() {
    int count = 0;
    for (VllmSequence each : live) {
      count += holds(each) ? 1 : 0;
    }
    return count;
  }

  private static boolean holds(VllmSequence sequence) {
    return sequence.place == RESIDENT || sequence.place == VllmSequence.Place.ENTERING;
  }

  void add(VllmSequence sequence) {
    String session = sequence.request.spec().sessionId();
    int left = parksTurns && !session.isEmpty() ? memory.unpark(session) : 0;
    sequence.hostTokens = Math.min(left, sequence.promptTokens - 1);
    memory.takeHost(memory.blocksFor(sequence.hostTokens) - memory.blocksFor(left));
    live.add(sequence);
  }

  /**
   * Plans a step.
   *
   * @param batch receives who computes
   * @return whether anything else was decided
   */
  boolean plan(long step, List<VllmSequence> batch, long now) {
    changed = false;
    preempted = false;
    ranks.stepBegins(step);
    live.forEach(ranks::refresh);
    live.sort(BY_PRIORITY);
    residents.clear();
    for (VllmSequence each : live) {
      if (each.place == RESIDENT) {
        residents.add(each);
      }
    }
    grow(now);
    takeIn(now);
    select(batch);
    return changed;
  }

  /** Each that runs gets the block of its next token, at the cost of the lowest. */
  private void grow(long now) {
    for (int i = 0; i < residents.size(); i++) {
      VllmSequence each = residents.get(i);
      int more = memory.blocksFor(each.tokens) - each.blocks;
      while (more > memory.deviceFree() + leavingBlocks && each.place == RESIDENT) {
        leave(residents.getLast(), now);
      }
      if (each.place == RESIDENT && more > 0 && more <= memory.deviceFree()) {
        memory.hold(each, each.blocks + more);
      }
    }
  }

  /** Those of the highest priority come in, while there is room or somebody gives way. */
  private void takeIn(long now) {
    int slots = maxRequests - residentCount();
    int coming = memory.enterable() + leavingBlocks;
    int reserved = 0;
    int promptTokens = 0;
    for (VllmSequence head : List.copyOf(live)) {
      if (head.place != VllmSequence.Place.OUT) {
        continue;
      }
      int prompt = head.tokens - head.hostTokens;
      if (promptTokens > 0 && promptTokens + prompt > maxStepTokens) {
        return;
      }
      promptTokens += prompt;
      int need = Math.min(memory.entry(head), memory.deviceBlocks());
      boolean alone = residentCount() == 0 && leavingBlocks == 0;
      if (!alone && (need > coming || slots < 1)) {
        // A step that has taken somebody in throws nobody out; the next one will.
        boolean mayThrowOut = !synchronous || promptTokens == prompt || preempted;
        if (!mayThrowOut || !findVictims(head, need - coming, 1 - slots)) {
          return;
        }
        slots += victims.size();
        for (VllmSequence victim : victims) {
          coming += victim.blocks;
          leave(victim, now);
        }
      }
      coming -= need;
      slots--;
      boolean fits = alone || need <= memory.enterable() - reserved;
      if (fits && !(synchronous && preempted)) {
        enter(head, need, now);
      } else {
        reserved += need;
      }
    }
  }

  /** Those of the lowest priority, all lower than the head's, that make room for it. */
  private boolean findVictims(VllmSequence head, int blocks, int slots) {
    victims.clear();
    int freed = 0;
    for (int i = residents.size() - 1; i >= 0; i--) {
      VllmSequence each = residents.get(i);
      if (freed >= blocks && victims.size() >= slots) {
        break;
      }
      if (BY_PRIORITY.compare(each, head) > 0) {
        victims.add(each);
        freed += each.blocks;
      }
    }
    return freed >= blocks && victims.size() >= slots;
  }

  private void enter(VllmSequence sequence, int blocks, long now) {
    changed = true;
    memory.hold(sequence, blocks);
    sequence.computed = sequence.hostTokens;
    if (sequence.everComputed == 0) {
      sequence.cached = sequence.hostTokens;
    }
    sequence.request.admitted();
    observer.admitted(sequence.request, now);
    sequence.place = RESIDENT;
    if (sequence.hostTokens > 0) {
      sequence.place = synchronous ? RESIDENT : VllmSequence.Place.ENTERING;
      swaps.in(memory.blocksFor(sequence.hostTokens), now, () -> loaded(sequence));
    }
    if (sequence.place == RESIDENT) {
      residents.add(sequence);
    }
  }

  private void loaded(VllmSequence sequence) {
    sequence.place = RESIDENT;
    if (!keepsCopies) {
      memory.dropCopy(sequence);
    }
  }

  private void leave(VllmSequence sequence, long now) {
    changed = true;
    preempted = true;
    residents.remove(sequence);
    sequence.preemptions++;
    sequence.request.preemptedAt(now);
    observer.preempted(sequence.request, SwapDecision.SWAP, now);
    store(sequence, now);
  }

  /** The request is over. */
  void end(VllmSequence sequence, long now) {
    live.remove(sequence);
    residents.remove(sequence);
    String session = sequence.request.spec().sessionId();
    if (parksTurns && !session.isEmpty()) {
      store(sequence, now);
      memory.park(session, sequence.hostTokens);
    } else {
      memory.dropCopy(sequence);
      memory.hold(sequence, 0);
    }
  }

  /** Moves what host memory lacks of a request there, or gives its KV up, and frees its blocks. */
  private void store(VllmSequence sequence, long now) {
    int from = memory.fullBlocks(sequence.hostTokens);
    int to = memory.blocksFor(sequence.computed);
    int more = to - memory.blocksFor(sequence.hostTokens);
    if (!memory.makeHostRoom(more, sequence, residents.reversed())) {
      memory.dropCopy(sequence);
      sequence.computed = 0;
    } else {
      memory.takeHost(more);
      boolean copies = sequence.computed > sequence.hostTokens;
      sequence.hostTokens = sequence.computed;
      if (copies) {
        int blocks = sequence.blocks;
        if (!synchronous) {
          sequence.place = VllmSequence.Place.LEAVING;
          leavingBlocks += blocks;
        }
        swaps.out(from, to, now, () -> stored(sequence, blocks));
      }
    }
    if (sequence.place != VllmSequence.Place.LEAVING) {
      sequence.place = VllmSequence.Place.OUT;
      memory.hold(sequence, 0);
    }
  }

  private void stored(VllmSequence sequence, int blocks) {
    if (sequence.place == VllmSequence.Place.LEAVING) {
      sequence.place = VllmSequence.Place.OUT;
      leavingBlocks -= blocks;
      memory.hold(sequence, 0);
    }
  }

  /** Prompts that are on the device, or else whoever decodes and has the block for it. */
  private void select(List<VllmSequence> batch) {
    int tokens = 0;
    for (VllmSequence each : residents) {
      int count = each.tokens - each.computed;
      if (!each.decodes() && (batch.isEmpty() || tokens + count <= maxStepTokens)) {
        tokens += count;
        batch.add(each);
      }
    }
    if (!batch.isEmpty()) {
      return;
    }
    for (VllmSequence each : residents) {
      if (each.blocks >= memory.blocksFor(each.tokens)) {
        batch.add(each);
      }
    }
  }
}

package io.kvasir.loadtest.jmh;

import io.kvasir.kvpool.group.GroupAllocator;
import io.kvasir.kvpool.group.GroupSizes;
import io.kvasir.kvpool.group.NaiveAllocator;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a slot cost from its allocation to its release, and how long are the runs that its
 * owner gets? {@code allocateFree} is one owner with 64 slots; {@code churn} are 72 owners that
 * grow in turns in an arena that is about nine tenths full. The baselines are single slots: in the
 * queue of {@link NaiveAllocator} and in an {@code ArrayDeque<Integer>}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class GroupAllocatorBenchmark {
  private static final int SLOTS = 16_384;
  private static final int REQUEST_SLOTS = 64;
  private static final int CHURNED_SLOTS = 4096;

  private SlotChurn group;
  private SlotChurn naive;
  private ArrayDeque<Integer> deque;
  private final Integer[] taken = new Integer[REQUEST_SLOTS];

  /** What the churn of an iteration gave away; the ratio is the mean run length. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Runs {
    /** Slots allocated in the measured iterations. */
    public long slots;

    /** Runs of the owners that went in the meantime. */
    public long runs;

    /** Starts an iteration's counts. */
    @Setup(Level.Iteration)
    public void reset() {
      slots = 0;
      runs = 0;
    }
  }

  /** Makes the allocators, all slots free. */
  @Setup(Level.Trial)
  public void fill() {
    group = new SlotChurn(new GroupAllocator(SLOTS, GroupSizes.DEFAULT));
    naive = new SlotChurn(new NaiveAllocator(SLOTS));
    deque = new ArrayDeque<>(SLOTS);
    for (int slot = 0; slot < SLOTS; slot++) {
      deque.addLast(slot);
    }
  }

  /** An owner takes 64 announced slots and gives them back; per slot. */
  @Benchmark
  @OperationsPerInvocation(REQUEST_SLOTS)
  public int allocateFree() {
    return group.allocateFree(REQUEST_SLOTS);
  }

  /** The same, slot by slot from the queue. */
  @Benchmark
  @OperationsPerInvocation(REQUEST_SLOTS)
  public int allocateFreeNaive() {
    return naive.allocateFree(REQUEST_SLOTS);
  }

  /** The same with an {@code ArrayDeque<Integer>}. */
  @Benchmark
  @OperationsPerInvocation(REQUEST_SLOTS)
  public int allocateFreeBaseline() {
    for (int i = 0; i < REQUEST_SLOTS; i++) {
      taken[i] = deque.pollFirst();
    }
    for (int i = REQUEST_SLOTS - 1; i >= 0; i--) {
      deque.addFirst(taken[i]);
    }
    return deque.size();
  }

  /** 4096 slots are taken in turns, and as many freed; per slot. */
  @Benchmark
  @OperationsPerInvocation(CHURNED_SLOTS)
  public int churn(Runs runs) {
    return churn(group, runs);
  }

  /** The same, slot by slot from the queue. */
  @Benchmark
  @OperationsPerInvocation(CHURNED_SLOTS)
  public int churnBaseline(Runs runs) {
    return churn(naive, runs);
  }

  private static int churn(SlotChurn churn, Runs runs) {
    long runsBefore = churn.runs();
    int allocated = 0;
    while (allocated < CHURNED_SLOTS) {
      allocated += churn.step();
    }
    runs.slots += allocated;
    runs.runs += churn.runs() - runsBefore;
    return allocated;
  }
}

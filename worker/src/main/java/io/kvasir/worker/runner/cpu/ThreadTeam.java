package io.kvasir.worker.runner.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of threads that run one task together, the caller among them as member 0. A task
 * divides its work by member number only and meets at {@link #barrier}. Between tasks the other
 * members look for the next one for a short while, then park. Allocates nothing per task.
 *
 * <p>{@link #run} and {@link #close} are confined to one thread.
 */
public final class ThreadTeam implements AutoCloseable {
  private static final int SPINS_BEFORE_PARK = 20_000;
  private static final int SPINS_BEFORE_YIELD = 4_000;
  private static final int YIELDS_BEFORE_NAP = 100;
  private static final long NAP_NANOS = 20_000;

  private final Thread[] helpers;
  private final AtomicInteger arrived = new AtomicInteger();
  private final AtomicInteger working = new AtomicInteger();
  private volatile int phase;
  private volatile int round;
  private volatile boolean closed;
  private volatile @Nullable Throwable failure;
  private @Nullable Task task; // published by round

  /** What every member runs. */
  @FunctionalInterface
  public interface Task {
    /** Does the part of one member, 0 to size - 1. */
    void run(int member);
  }

  /** Thrown in members that wait for one that failed; never leaves the team. */
  private static final class Abandoned extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Abandoned() {
      super("another member failed", null, false, false);
    }
  }

  /**
   * Starts the threads, as daemons.
   *
   * @param name their common name
   * @param size members, the caller included
   */
  public ThreadTeam(String name, int size) {
    helpers = new Thread[size - 1];
    for (int i = 0; i < helpers.length; i++) {
      int member = i + 1;
      helpers[i] =
          Thread.ofPlatform().daemon().name(name + "-" + member).start(() -> helperLoop(member));
    }
  }

  /** Members. */
  public int size() {
    return helpers.length + 1;
  }

  /** The first of {@code count} items that belongs to a member; the next member's is its end. */
  public int start(int count, int member) {
    return (int) ((long) count * member / size());
  }

  /**
   * Runs the task on all members and returns when all are done. What a member throws is thrown
   * here, the first if several do; the team can be used again.
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // round is written by this thread only
  public void run(Task next) {
    task = next;
    failure = null;
    arrived.set(0);
    working.set(helpers.length);
    round++;
    for (Thread helper : helpers) {
      LockSupport.unpark(helper);
    }
    runMember(next, 0);
    for (int spins = 0; working.get() > 0; spins++) {
      pause(spins);
    }
    Throwable thrown = failure;
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
  }

  /** Waits, inside a task, until all members have come here. */
  public void barrier() {
    if (helpers.length == 0) {
      return;
    }
    int current = phase;
    if (arrived.incrementAndGet() == size()) {
      arrived.set(0);
      phase = current + 1;
      return;
    }
    for (int spins = 0; phase == current; spins++) {
      if (failure != null) {
        throw new Abandoned();
      }
      pause(spins);
    }
  }

  private void helperLoop(int member) {
    int seen = 0;
    while (true) {
      for (int spins = 0; round == seen && !closed; spins++) {
        if (spins < SPINS_BEFORE_PARK) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(this);
        }
      }
      Task current = task;
      if (closed || current == null) {
        return;
      }
      seen++;
      runMember(current, member);
      working.decrementAndGet();
    }
  }

  private void runMember(Task current, int member) {
    try {
      current.run(member);
    } catch (Abandoned e) {
      // The member that failed has said why.
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private synchronized void fail(Throwable thrown) {
    if (failure == null) {
      failure = thrown;
    }
  }

  /** Spins; after a while lets others have the processor, the awaited member may need it. */
  @SuppressWarnings("ThreadPriorityCheck") // A hint is what is wanted here.
  private static void pause(int spins) {
    if (spins < SPINS_BEFORE_YIELD) {
      Thread.onSpinWait();
    } else if (spins < SPINS_BEFORE_YIELD + YIELDS_BEFORE_NAP) {
      Thread.yield();
    } else {
      LockSupport.parkNanos(NAP_NANOS);
    }
  }

  /** Ends the threads; no {@link #run} may follow. */
  @Override
  public void close() {
    closed = true;
    for (Thread helper : helpers) {
      LockSupport.unpark(helper);
    }
  }
}

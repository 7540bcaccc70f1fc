package io.kvasir.worker.runner.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of threads that share out the chunks of one piece of work after the other. The
 * caller is member 0 and takes chunks like the others, so work never waits for a member that has
 * not begun: a thread without a processor costs its own speed only. Which member computes a chunk
 * must not matter to its result. Between pieces of work the helpers look for the next one for a
 * short while, then park. Allocates nothing per piece.
 *
 * <p>{@link #run} and {@link #close} are confined to one thread.
 */
public final class ThreadTeam implements AutoCloseable {
  /** Most chunks of one piece of work. */
  public static final int MAX_CHUNKS = (1 << 20) - 1;

  private static final int SPINS_BEFORE_PARK = 20_000;
  private static final int SPINS_BEFORE_YIELD = 4_000;
  private static final int YIELDS_BEFORE_NAP = 100;
  private static final long NAP_NANOS = 20_000;
  private static final int CHUNK_BITS = 20;

  private final Helper[] helpers;

  /**
   * {@code | number of the work | its chunks, 20 bits | chunks taken, 20 bits |}. A chunk is taken
   * by compare-and-set of the whole, so only work that is still going on can be joined.
   */
  private final AtomicLong ticket = new AtomicLong();

  private final AtomicInteger done = new AtomicInteger();
  private volatile boolean closed;
  private volatile @Nullable Throwable failure;
  private volatile int members;
  private Work work = (chunk, member) -> {}; // published by ticket

  /** What is shared out. */
  @FunctionalInterface
  public interface Work {
    /**
     * Does one chunk.
     *
     * @param chunk 0 to chunks - 1
     * @param member who does it, 0 to size - 1: for buffers
     */
    void run(int chunk, int member);
  }

  /** A thread of the team, other than the caller's. */
  private final class Helper implements Runnable {
    private final int member;
    private final Thread thread;
    private volatile boolean parked;

    Helper(String name, int member) {
      this.member = member;
      thread = Thread.ofPlatform().daemon().name(name + "-" + member).unstarted(this);
    }

    @Override
    public void run() {
      int idle = 0;
      while (!closed) {
        if (member < members && takeChunk(member)) {
          idle = 0;
        } else if (idle++ < SPINS_BEFORE_PARK) {
          Thread.onSpinWait();
        } else {
          sleep();
        }
      }
    }

    private void sleep() {
      parked = true;
      // Work that came before the flag was seen is found here, later work unparks.
      if (!closed && !(member < members && chunksLeft(ticket.get()))) {
        LockSupport.park(this);
      }
      parked = false;
    }
  }

  /**
   * Starts the threads, as daemons.
   *
   * @param name their common name
   * @param size members, the caller included
   */
  public ThreadTeam(String name, int size) {
    helpers = new Helper[size - 1];
    members = size;
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = new Helper(name, i + 1);
    }
    for (Helper helper : helpers) {
      helper.thread.start();
    }
  }

  /** Members of the whole team. */
  public int size() {
    return helpers.length + 1;
  }

  /** Members that share the work. */
  public int members() {
    return members;
  }

  /**
   * From now on only so many members share the work: small work is done sooner by few.
   *
   * @param wanted 1 to {@link #size}
   */
  public void limit(int wanted) {
    members = wanted;
  }

  /**
   * Does all chunks and returns when they are done. What a chunk throws is thrown here, the first
   * if several do, and chunks not begun are left out; the team can be used again.
   *
   * @param chunks 0 to {@link #MAX_CHUNKS}
   */
  public void run(int chunks, Work next) {
    if (members == 1 || chunks <= 1) {
      for (int chunk = 0; chunk < chunks; chunk++) {
        next.run(chunk, 0);
      }
      return;
    }
    if (chunks > MAX_CHUNKS) {
      throw new IllegalArgumentException("chunks " + chunks + ", limit " + MAX_CHUNKS);
    }
    work = next;
    failure = null;
    done.set(0);
    long number = (ticket.get() >>> (2 * CHUNK_BITS)) + 1;
    ticket.set(number << (2 * CHUNK_BITS) | (long) chunks << CHUNK_BITS);
    for (int i = 0; i < members - 1; i++) {
      if (helpers[i].parked) {
        LockSupport.unpark(helpers[i].thread);
      }
    }
    boolean more = true;
    while (more) {
      more = takeChunk(0);
    }
    for (int spins = 0; done.get() < chunks; spins++) {
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

  private static boolean chunksLeft(long current) {
    return taken(current) < ((current >>> CHUNK_BITS) & MAX_CHUNKS);
  }

  private static int taken(long current) {
    return (int) (current & MAX_CHUNKS);
  }

  /** Does one chunk; false if none is left. */
  private boolean takeChunk(int member) {
    long current = ticket.get();
    while (chunksLeft(current)) {
      if (ticket.compareAndSet(current, current + 1)) {
        // This work cannot end, nor the field change, before the chunk is done.
        runChunk(work, taken(current), member);
        return true;
      }
      current = ticket.get();
    }
    return false;
  }

  private void runChunk(Work joined, int chunk, int member) {
    try {
      if (failure == null) {
        joined.run(chunk, member);
      }
    } catch (RuntimeException | Error e) {
      fail(e);
    } finally {
      done.incrementAndGet();
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

  /** Ends the threads and waits for them; no {@link #run} may follow. */
  @Override
  public void close() {
    closed = true;
    boolean interrupted = false;
    for (Helper helper : helpers) {
      LockSupport.unpark(helper.thread);
      while (helper.thread.isAlive()) {
        try {
          helper.thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

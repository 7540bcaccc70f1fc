package io.kvasir.offload.copy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the listener of every job exactly once. A copy thread tells of the jobs that it ended; what
 * ended on a caller's thread (refused, or cancelled before it began) is told by the results thread,
 * so that no listener runs inside a caller.
 */
final class CopyResults {
  private static final Logger log = LoggerFactory.getLogger(CopyResults.class);

  private final ReentrantLock lock;
  private final Condition arrived;
  private final Condition told;
  private final ArrayDeque<CopyTask> over = new ArrayDeque<>();
  private final Set<CopyTask> untold = new HashSet<>();
  private boolean stopped;
  private volatile @Nullable CopyListener listener;

  /**
   * @param lock the engine's
   */
  CopyResults(ReentrantLock lock) {
    this.lock = lock;
    arrived = lock.newCondition();
    told = lock.newCondition();
  }

  void listen(CopyListener listener) {
    this.listener = listener;
  }

  boolean hasListener() {
    return listener != null;
  }

  /** A job was taken; the caller holds the lock. */
  void expect(CopyTask task) {
    untold.add(task);
  }

  /** A job ended on a caller's thread; the caller holds the lock. */
  void hand(CopyTask task) {
    over.add(task);
    arrived.signal();
  }

  /** Whether some job has not been told of; the caller holds the lock. */
  boolean isPending() {
    return !untold.isEmpty();
  }

  /** Waits until all jobs taken so far were told; the caller holds the lock. */
  void awaitTold() {
    List<CopyTask> present = new ArrayList<>(untold);
    while (!Collections.disjoint(present, untold)) {
      told.awaitUninterruptibly();
    }
  }

  /** Tells of a job that is over; the caller is a thread of the engine and holds no lock. */
  void tell(CopyTask task) {
    CopyListener hears = listener;
    try {
      if (hears != null) {
        hears.onCopied(task.result());
      }
    } catch (RuntimeException | Error e) {
      log.error("the copy listener threw at job {}", task.job().jobId(), e);
    } finally {
      lock.lock();
      try {
        untold.remove(task);
        told.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** The results thread: tells until it is stopped and nothing is left. */
  void run() {
    for (CopyTask task = next(); task != null; task = next()) {
      tell(task);
    }
  }

  private @Nullable CopyTask next() {
    lock.lock();
    try {
      while (over.isEmpty() && !stopped) {
        arrived.awaitUninterruptibly();
      }
      return over.poll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the results thread; the caller holds the lock. */
  void stop() {
    stopped = true;
    arrived.signalAll();
  }
}

package io.kvasir.scheduler.loop;

import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Commands from many threads to the scheduler loop, which sleeps while there are none. The array
 * grows in chunks, but what may be in it is bounded: one submission and one abort per request in
 * the system (the admission gate bounds those), two results and two changes of the worker, and one
 * question per call that waits for its answer.
 */
final class CommandQueue {
  private static final int CHUNK = 256;

  private final MpscUnboundedArrayQueue<SchedulerCommand> queue =
      new MpscUnboundedArrayQueue<>(CHUNK);
  private volatile @Nullable Thread sleeper;

  /** Adds a command and wakes the loop. Any thread; never blocks. */
  void offer(SchedulerCommand command) {
    queue.offer(command);
    Thread thread = sleeper;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  /** The next command, or null. Scheduler loop only. */
  @Nullable SchedulerCommand poll() {
    return queue.poll();
  }

  /** Sleeps until a command comes, at most so long. Scheduler loop only. */
  void await(long nanos) {
    if (nanos <= 0) {
      return;
    }
    // Announced before looking: whoever offers after the look sees the sleeper.
    sleeper = Thread.currentThread();
    if (queue.isEmpty()) {
      LockSupport.parkNanos(this, nanos);
    }
    sleeper = null;
  }
}

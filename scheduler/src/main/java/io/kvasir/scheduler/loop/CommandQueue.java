package io.kvasir.scheduler.loop;

import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.MpscArrayQueue;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Commands and questions from many threads to the scheduler loop, which sleeps while there are
 * none.
 *
 * <p>The array of commands grows in chunks, but what may be in it is bounded: one submission and
 * one abort per request in the system (the admission gate bounds those), two results and two
 * changes of the worker, its copies under way, and one wish for an integrity check. Of questions,
 * which anybody may ask at any rate, {@value #MAX_QUESTIONS} may wait, and {@value
 * #QUESTIONS_PER_TURN} are put in one turn: so they delay a step by no more than those.
 */
final class CommandQueue {
  static final int MAX_QUESTIONS = 1024;
  static final int QUESTIONS_PER_TURN = 64;
  private static final int CHUNK = 256;

  private final MpscUnboundedArrayQueue<SchedulerCommand> queue =
      new MpscUnboundedArrayQueue<>(CHUNK);
  private final MpscArrayQueue<Question<?>> questions = new MpscArrayQueue<>(MAX_QUESTIONS);
  private volatile @Nullable Thread sleeper;

  /** Adds a command and wakes the loop. Any thread; never blocks. */
  void offer(SchedulerCommand command) {
    queue.offer(command);
    wake();
  }

  /** Adds a question and wakes the loop; false if as many wait as may. Any thread; never blocks. */
  boolean ask(Question<?> question) {
    boolean added = questions.offer(question);
    wake();
    return added;
  }

  private void wake() {
    Thread thread = sleeper;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  /** Commands that wait now. Scheduler loop only. */
  int commands() {
    return queue.size();
  }

  /** The next command, or null. Scheduler loop only. */
  @Nullable SchedulerCommand poll() {
    return queue.poll();
  }

  /** Questions that wait now. Scheduler loop only. */
  int questions() {
    return questions.size();
  }

  /** The next question, or null. Scheduler loop only. */
  @Nullable Question<?> pollQuestion() {
    return questions.poll();
  }

  /** Sleeps until something comes, at most so long. Scheduler loop only. */
  void await(long nanos) {
    if (nanos <= 0) {
      return;
    }
    // Announced before looking: whoever offers after the look sees the sleeper.
    sleeper = Thread.currentThread();
    if (queue.isEmpty() && questions.isEmpty()) {
      LockSupport.parkNanos(this, nanos);
    }
    sleeper = null;
  }
}

package io.kvasir.scheduler.loop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * What a caller asks of the scheduler loop and waits for.
 *
 * @param asked asks the core
 * @param unserved the answer of a scheduler that is closed or broken
 * @param answer completed once, and not on the scheduler loop: what callers do with it is not the
 *     loop's work
 */
record Question<T>(Asked<T> asked, T unserved, CompletableFuture<T> answer) {

  /** Asks the core. Scheduler loop. */
  interface Asked<T> {

    /**
     * The answer.
     *
     * @throws CompletionException around what the caller did wrong
     */
    T of(SchedulerCore core, long now);
  }

  Question(Asked<T> asked, T unserved) {
    this(asked, unserved, new CompletableFuture<>());
  }

  void put(SchedulerCore core, long now) {
    try {
      T value = asked.of(core, now);
      answer.completeAsync(() -> value);
    } catch (CompletionException e) {
      var _ = CompletableFuture.runAsync(() -> answer.completeExceptionally(e.getCause()));
    } catch (RuntimeException e) {
      endUnserved();
      throw e;
    }
  }

  /** Nobody serves any more. */
  void endUnserved() {
    answer.completeAsync(() -> unserved);
  }
}

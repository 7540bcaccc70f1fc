package io.kvasir.scheduler.loop;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers share integrity checks. Whoever asks before a check begins has its answer, so one
 * check waits at a time, however many ask; and none begins before {@value #REST} times as long has
 * passed as the last one took. So checks take at most a sixteenth of the scheduler loop's time.
 */
final class IntegrityChecks {
  static final int REST = 15;

  private final LongSupplier nanoClock;
  private final AtomicReference<@Nullable CompletableFuture<List<String>>> asked =
      new AtomicReference<>();
  // Scheduler loop only.
  private boolean wanted;
  private long restUntilNanos;

  IntegrityChecks(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    restUntilNanos = nanoClock.getAsLong();
  }

  /**
   * Asks for a check that begins after this call. Any thread.
   *
   * @param first is run if nobody waits for one yet: the loop is to be told
   */
  CompletableFuture<List<String>> ask(Runnable first) {
    CompletableFuture<List<String>> mine = new CompletableFuture<>();
    CompletableFuture<List<String>> others = asked.compareAndExchange(null, mine);
    if (others == null) {
      first.run();
    }
    return (others == null ? mine : others).copy();
  }

  /** The loop was told. */
  void want() {
    wanted = true;
  }

  /** When the check that somebody waits for is to be made; the largest long if nobody does. */
  long dueNanos() {
    return wanted ? restUntilNanos : Long.MAX_VALUE;
  }

  /** Makes the check and answers all who asked until now. */
  void make(Supplier<List<String>> check) {
    wanted = false;
    CompletableFuture<List<String>> answer = asked.getAndSet(null);
    if (answer == null) {
      return;
    }
    long began = nanoClock.getAsLong();
    try {
      List<String> violations = check.get();
      // What callers do with it is not the loop's work.
      answer.completeAsync(() -> violations);
    } catch (RuntimeException | Error e) {
      answer.completeAsync(() -> List.of("the check failed: " + e));
      throw e;
    }
    long ended = nanoClock.getAsLong();
    restUntilNanos = ended + REST * (ended - began);
  }

  /** Answers all who asked until now without a check. Any thread. */
  void answer(String problem) {
    CompletableFuture<List<String>> answer = asked.getAndSet(null);
    if (answer != null) {
      answer.completeAsync(() -> List.of(problem));
    }
  }
}

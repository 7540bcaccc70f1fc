package io.kvasir.scheduler.loop;

/** Counts since the start. Confined to the scheduler loop. */
final class SchedulerTotals {
  private long finishedRequests;
  private long preemptions;
  private long promptTokens;
  private long generationTokens;
  private long prefixQueryTokens;
  private long prefixHitTokens;
  private long recomputedTokens;

  void countFinished() {
    finishedRequests++;
  }

  void countPreemption() {
    preemptions++;
  }

  /** A first admission; later ones are recomputation and no cache hits. */
  void countPrompt(int tokens, int cachedTokens, boolean looked) {
    promptTokens += tokens;
    prefixQueryTokens += looked ? tokens : 0;
    prefixHitTokens += cachedTokens;
  }

  /** Tokens came from a tier; only those of a first admission are hits of its prompt. */
  void countRestored(int tokens, int admissions) {
    prefixHitTokens += admissions == 1 ? tokens : 0;
  }

  void countGenerated() {
    generationTokens++;
  }

  void countRecomputed(int tokens) {
    recomputedTokens += tokens;
  }

  SchedulerStatus.Totals snapshot(long resumeBoundExceeded, long longestResumeNanos) {
    return new SchedulerStatus.Totals(
        finishedRequests,
        preemptions,
        promptTokens,
        generationTokens,
        prefixQueryTokens,
        prefixHitTokens,
        recomputedTokens,
        resumeBoundExceeded,
        longestResumeNanos);
  }
}

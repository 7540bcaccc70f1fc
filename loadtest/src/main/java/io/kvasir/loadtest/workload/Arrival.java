package io.kvasir.loadtest.workload;

/**
 * One request of a workload and the moment it is meant to be sent.
 *
 * @param index position in the workload, from 0
 * @param offsetNanos intended send time, nanoseconds from the start of the run
 * @param tenant who asks
 * @param session the conversation it is a turn of; empty: none
 * @param priority higher is served first
 * @param prompt what to continue
 * @param maxTokens most tokens generated, at least 1
 * @param ignoreEos generate {@code maxTokens} even past an end-of-text token
 * @param sampling how tokens are chosen
 * @param samplingSeed makes the choice reproducible
 * @param slo latency targets
 */
public record Arrival(
    long index,
    long offsetNanos,
    String tenant,
    String session,
    int priority,
    Prompt prompt,
    int maxTokens,
    boolean ignoreEos,
    SamplingSpec sampling,
    long samplingSeed,
    SloTargets slo) {
  /** A greedy request without session, priority and targets, as a trace gives it. */
  public static Arrival plain(
      long index, long offsetNanos, String tenant, Prompt prompt, int maxTokens) {
    return new Arrival(
        index,
        offsetNanos,
        tenant,
        "",
        0,
        prompt,
        maxTokens,
        true,
        SamplingSpec.GREEDY,
        index,
        SloTargets.NONE);
  }

  /** This arrival at another position and time. */
  public Arrival at(long newIndex, long newOffsetNanos) {
    return new Arrival(
        newIndex,
        newOffsetNanos,
        tenant,
        session,
        priority,
        prompt,
        maxTokens,
        ignoreEos,
        sampling,
        samplingSeed,
        slo);
  }

  /** This arrival with other lengths. */
  public Arrival asking(Prompt newPrompt, int newMaxTokens) {
    return new Arrival(
        index,
        offsetNanos,
        tenant,
        session,
        priority,
        newPrompt,
        newMaxTokens,
        ignoreEos,
        sampling,
        samplingSeed,
        slo);
  }

  /** This arrival as a turn of a conversation. */
  public Arrival inSession(String newSession) {
    return new Arrival(
        index,
        offsetNanos,
        tenant,
        newSession,
        priority,
        prompt,
        maxTokens,
        ignoreEos,
        sampling,
        samplingSeed,
        slo);
  }
}

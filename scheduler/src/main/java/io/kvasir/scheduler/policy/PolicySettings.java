package io.kvasir.scheduler.policy;

import java.util.concurrent.TimeUnit;

/**
 * What the policies can be told; each uses its own.
 *
 * @param weights what service costs, for all of them
 * @param windowTokens how far a tenant may be ahead of the least under fair-slack, in service by
 *     weight, 0 to 1e9
 * @param creditTokens how much of what a tenant left unused it may use later, ahead of the others,
 *     under fair-slack, in service by weight, 0 to 1e9
 * @param quantumTokens what a tenant is given at once under dlpm, and the first level's quantum
 *     under mlfq, in service, 1 to 1e9
 * @param ageMillis waiting time worth one level under priority, 1 to 3,600,000
 * @param priorityGap levels above a running request from which a waiting one takes its place, under
 *     priority, 1 to 1000
 * @param starveMillis waiting time after which a request is put first under mlfq, 1 to 3,600,000
 * @param tracePattern how priorities change under traced
 * @param traceSeed of the draws under traced
 * @param traceFrequency updates per step under traced, above 0 and at most 1
 * @param ttftMillis target for the first token of requests without one, under slack and fair-slack,
 *     1 to 3,600,000
 * @param tbtMillis likewise for the others
 * @param lostMillis by how much a request that cannot make its deadline goes back, 0 to 3,600,000
 */
public record PolicySettings(
    ServiceWeights weights,
    double windowTokens,
    double creditTokens,
    double quantumTokens,
    long ageMillis,
    int priorityGap,
    long starveMillis,
    TracePattern tracePattern,
    long traceSeed,
    double traceFrequency,
    int ttftMillis,
    int tbtMillis,
    long lostMillis) {

  /** What holds unless configured otherwise. */
  public static final PolicySettings DEFAULT =
      new PolicySettings(
          ServiceWeights.DEFAULT,
          32,
          2_048,
          512,
          10_000,
          1,
          3_000,
          TracePattern.RANDOM,
          1,
          0.02,
          5_000,
          500,
          30_000);

  private static final long HOUR_MILLIS = 3_600_000;
  private static final double MOST_TOKENS = 1e9;

  public PolicySettings {
    require("windowTokens", windowTokens, 0, MOST_TOKENS);
    require("creditTokens", creditTokens, 0, MOST_TOKENS);
    require("quantumTokens", quantumTokens, 1, MOST_TOKENS);
    require("ageMillis", (double) ageMillis, 1, HOUR_MILLIS);
    require("priorityGap", priorityGap, 1, 1000);
    require("starveMillis", (double) starveMillis, 1, HOUR_MILLIS);
    require("traceFrequency", traceFrequency, Double.MIN_VALUE, 1);
    require("ttftMillis", ttftMillis, 1, HOUR_MILLIS);
    require("tbtMillis", tbtMillis, 1, HOUR_MILLIS);
    require("lostMillis", (double) lostMillis, 0, HOUR_MILLIS);
  }

  private static void require(String field, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "%s must be %s to %s, is %s".formatted(field, least, most, value));
    }
  }

  /** These, with other traced priorities. */
  public PolicySettings tracing(TracePattern pattern, long seed, double frequency) {
    return new PolicySettings(
        weights,
        windowTokens,
        creditTokens,
        quantumTokens,
        ageMillis,
        priorityGap,
        starveMillis,
        pattern,
        seed,
        frequency,
        ttftMillis,
        tbtMillis,
        lostMillis);
  }

  /** Empty books. */
  public ServiceAccounts newAccounts() {
    return new ServiceAccounts(weights);
  }

  /**
   * A policy of that kind.
   *
   * @param accounts its books, told to no other policy
   */
  public SchedulingPolicy newPolicy(PolicyKind kind, ServiceAccounts accounts) {
    Deadlines deadlines = new Deadlines(ttftMillis, tbtMillis);
    LatestStart starts = new LatestStart(deadlines, TimeUnit.MILLISECONDS.toNanos(lostMillis));
    return switch (kind) {
      case FCFS -> new FcfsPolicy();
      case PRIORITY -> new PriorityPolicy(ageMillis, priorityGap);
      case TRACED -> new TracedPriorityPolicy(tracePattern, traceSeed, traceFrequency);
      case VTC -> new VtcPolicy(accounts);
      case DLPM -> new DlpmPolicy(accounts, quantumTokens);
      case MLFQ -> new MlfqPolicy(accounts, quantumTokens, starveMillis);
      case SLACK -> new SlackPolicy(accounts, deadlines, starts);
      case FAIR_SLACK ->
          new FairSlackPolicy(accounts, windowTokens, creditTokens, deadlines, starts);
    };
  }
}

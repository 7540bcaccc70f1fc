package io.kvasir.loadtest.workload;

/**
 * What one tenant of a synthetic workload asks for.
 *
 * @param name the tenant
 * @param ratePerSecond mean requests per second, turns included, above 0
 * @param process how conversations arrive
 * @param prompts what they ask
 * @param turns how a conversation goes on
 * @param outputTokens most tokens generated per request
 * @param ignoreEos generate that many even past an end-of-text token
 * @param priority higher is served first
 * @param sampling how tokens are chosen
 * @param slo latency targets
 * @param conversations after this many conversations have begun, no more do; 0: endless
 */
public record TenantMix(
    String name,
    double ratePerSecond,
    ArrivalProcess process,
    PromptShape prompts,
    Turns turns,
    LengthDistribution outputTokens,
    boolean ignoreEos,
    int priority,
    SamplingSpec sampling,
    SloTargets slo,
    int conversations) {
  /** Refuses a tenant without traffic. */
  public TenantMix {
    if (!(ratePerSecond > 0 && ratePerSecond <= 1e6)) {
      throw new IllegalArgumentException(
          "rate of " + ratePerSecond + " requests per second, must be above 0 to 1000000");
    }
    if (conversations < 0) {
      throw new IllegalArgumentException(conversations + " conversations");
    }
  }

  /** This tenant with {@code factor} times the traffic. */
  public TenantMix timesRate(double factor) {
    return new TenantMix(
        name,
        ratePerSecond * factor,
        process,
        prompts,
        turns,
        outputTokens,
        ignoreEos,
        priority,
        sampling,
        slo,
        conversations);
  }
}

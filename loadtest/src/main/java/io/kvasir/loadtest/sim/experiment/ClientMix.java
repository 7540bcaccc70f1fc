package io.kvasir.loadtest.sim.experiment;

import io.kvasir.loadtest.workload.ArrivalProcess;
import io.kvasir.loadtest.workload.LengthDistribution;
import io.kvasir.loadtest.workload.PromptShape;
import io.kvasir.loadtest.workload.SamplingSpec;
import io.kvasir.loadtest.workload.SloTargets;
import io.kvasir.loadtest.workload.SyntheticWorkload;
import io.kvasir.loadtest.workload.TenantMix;
import io.kvasir.loadtest.workload.Turns;
import io.kvasir.loadtest.workload.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Tenants that send unlike amounts: for who has no trace, and for a flood. */
final class ClientMix {
  static final String QUIET = "within its share";
  static final String FLOOD = "flood";

  private static final int CLIENTS = 27;
  private static final double REQUESTS_PER_SECOND = 2.5;

  private ClientMix() {}

  /**
   * 27 clients, as unequal as those of Chatbot Arena that VTC was evaluated with: client i sends
   * 1/i of what the first one does, the first three nearly half of all.
   */
  static Workload unequal() {
    double sum = 0;
    for (int i = 1; i <= CLIENTS; i++) {
      sum += 1.0 / i;
    }
    List<TenantMix> clients = new ArrayList<>();
    for (int i = 1; i <= CLIENTS; i++) {
      clients.add(
          tenant(
              "client-" + i,
              REQUESTS_PER_SECOND / i / sum,
              new LengthDistribution.LogNormal(70, 1.15, 4, 1024),
              new LengthDistribution.LogNormal(200, 0.7, 1, 1024)));
    }
    return new SyntheticWorkload(
        "27 synthetic clients",
        "synthetic, since no trace was given: 27 clients, client i sends 1/i of what the first one"
            + " does; log-normal prompts (median 70 tokens) and answers (median 200)",
        clients,
        Duration.ofDays(1));
  }

  /**
   * Two tenants of one weight.
   *
   * @param quietRate requests per second of the one that stays within its share
   * @param floodRate of the other
   */
  static Workload flood(double quietRate, double floodRate) {
    LengthDistribution prompts = new LengthDistribution.Uniform(200, 400);
    LengthDistribution answers = new LengthDistribution.Uniform(50, 150);
    return new SyntheticWorkload(
        "flood",
        "a tenant within its share beside one that floods; prompts of 200 to 400 tokens, answers of"
            + " 50 to 150",
        List.of(
            tenant(QUIET, quietRate, prompts, answers), tenant(FLOOD, floodRate, prompts, answers)),
        Duration.ofDays(1));
  }

  private static TenantMix tenant(
      String name, double rate, LengthDistribution prompts, LengthDistribution answers) {
    return new TenantMix(
        name,
        rate,
        new ArrivalProcess.Poisson(),
        new PromptShape.Tokens(0, prompts),
        Turns.ONE,
        answers,
        true,
        0,
        SamplingSpec.GREEDY,
        SloTargets.NONE,
        0);
  }
}

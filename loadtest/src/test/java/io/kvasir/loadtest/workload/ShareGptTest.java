package io.kvasir.loadtest.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kvasir.loadtest.workload.trace.Workloads;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ShareGptTest {
  private static final double TOLERANCE = 0.05;
  private static final int SEEDS = 8;

  private long turns;
  private long output;
  private long fresh;

  @Test
  void theBundledConversationsHaveTheMeansThatTheyState() {
    for (int seed = 1; seed <= SEEDS; seed++) {
      assertThat(conversations(seed)).isEqualTo(1000);
    }
    double conversations = 1000.0 * SEEDS;
    assertThat(turns / conversations).isCloseTo(5.5, within(5.5 * TOLERANCE));
    assertThat((double) output / turns).isCloseTo(338, within(338 * TOLERANCE));
    assertThat((double) fresh / turns).isCloseTo(161, within(161 * TOLERANCE));
  }

  /* Adds up what one seed gives; returns its conversations. */
  private int conversations(int seed) {
    Map<String, Integer> said = new HashMap<>();
    int singles = 0;
    try (ArrivalStream arrivals = Workloads.find("sharegpt").arrivals(seed)) {
      while (arrivals.hasNext()) {
        Arrival arrival = arrivals.next();
        int tokens = ((Prompt.Synthetic) arrival.prompt()).tokens();
        boolean single = arrival.session().isEmpty();
        turns++;
        output += arrival.maxTokens();
        fresh += tokens - (single ? 0 : said.getOrDefault(arrival.session(), 0));
        singles += single ? 1 : 0;
        said.put(arrival.session(), tokens + arrival.maxTokens());
      }
    }
    said.remove("");
    return said.size() + singles;
  }
}

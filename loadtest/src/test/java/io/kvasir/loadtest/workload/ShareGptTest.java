package io.kvasir.loadtest.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kvasir.loadtest.workload.trace.Workloads;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ShareGptTest {
  private static final double TOLERANCE = 0.08;

  @Test
  void theBundledConversationsHaveTheMeansThatTheyState() {
    Map<String, Integer> prompts = new HashMap<>();
    long turns = 0;
    long output = 0;
    long fresh = 0;
    int singles = 0;
    try (ArrivalStream arrivals = Workloads.find("sharegpt").arrivals(1)) {
      while (arrivals.hasNext()) {
        Arrival arrival = arrivals.next();
        turns++;
        output += arrival.maxTokens();
        int tokens = ((Prompt.Synthetic) arrival.prompt()).tokens();
        singles += arrival.session().isEmpty() ? 1 : 0;
        int said =
            arrival.session().isEmpty() ? 0 : prompts.getOrDefault(arrival.session(), 0);
        fresh += tokens - said;
        prompts.put(arrival.session(), tokens + arrival.maxTokens());
      }
    }
    prompts.remove("");
    assertThat(prompts.size() + singles).isEqualTo(1000);
    assertThat(turns / 1000.0).isCloseTo(5.5, within(5.5 * TOLERANCE));
    assertThat((double) output / turns).isCloseTo(338, within(338 * TOLERANCE));
    assertThat((double) fresh / turns).isCloseTo(161, within(161 * TOLERANCE));
  }
}

package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.policy.TenantService;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is charged of the steps that are in flight when a request ends. */
class ServiceChargesTest {
  private static final int PROMPT = 12;
  private static final int INPUT = 1;
  private static final int OUTPUT = 2;

  /** One request at a time. */
  private final CoreHarness harness =
      new CoreHarness(
          SchedulerConfig.builder().limits(100, 1, 64).policy(PolicyKind.PRIORITY).build(),
          new HashRunnerConfig(60, 64, 4, 40, 64),
          1);

  @AfterEach
  void close() {
    harness.close();
  }

  private void submit(String id, Specs specs, int maxTokens) {
    int[] prompt = Specs.prompt(harness.requests.size(), PROMPT, 60);
    harness.submit(new RecordedRequest(specs.request(id, prompt, maxTokens)));
  }

  private double service(String tenant) {
    return harness.status().tenants().stream()
        .filter(row -> row.tenant().equals(tenant))
        .mapToDouble(TenantService::service)
        .sum();
  }

  /** Its blocks are lost to another, but its prompt was computed and its answer is whole. */
  @Test
  void aPreemptedRequestThatEndsWithItsSampleInFlightPaysForItsPrompt() {
    submit("short", Specs.PLAIN, 1);
    assertThat(harness.plan()).isTrue();
    submit("urgent", Specs.PLAIN.tenant("other").priority(1000), 4);
    assertThat(harness.plan()).isTrue();
    assertThat(harness.watch.preemptions).isEqualTo(1);
    harness.execute();
    assertThat(harness.requests.getFirst().finished()).isNotNull();
    assertThat(service("tenant")).isEqualTo(PROMPT * INPUT + OUTPUT);
    harness.runUntilIdle(100);
  }

  /** It goes on later: what is computed again costs nothing. */
  @Test
  void aPreemptedRequestPaysForItsPromptOnce() {
    submit("long", Specs.PLAIN, 3);
    assertThat(harness.plan()).isTrue();
    submit("urgent", Specs.PLAIN.tenant("other").priority(1000), 4);
    assertThat(harness.plan()).isTrue();
    harness.runUntilIdle(100);
    assertThat(harness.watch.preemptions).isEqualTo(1);
    assertThat(service("tenant")).isEqualTo(PROMPT * INPUT + 3 * OUTPUT);
    assertThat(harness.watch.served).isEqualTo(service("tenant") + service("other"));
  }

  @Test
  void eventsAndStatusAgreeOnWhatIsInFlightWhenARequestEnds() {
    submit("prompt", Specs.PLAIN, 9);
    harness.plan();
    harness.abort("prompt");
    assertThat(service("tenant")).isEqualTo(PROMPT * INPUT + OUTPUT);
    assertThat(harness.watch.served).isEqualTo(service("tenant"));
    harness.runUntilIdle(100);
    submit("answer", Specs.PLAIN, 9);
    while (harness.requests.getLast().tokens().length < 2) {
      harness.plan();
      harness.execute();
    }
    harness.plan();
    harness.abort("answer");
    assertThat(service("tenant")).isEqualTo(2 * PROMPT * INPUT + 4 * OUTPUT);
    assertThat(harness.watch.served).isEqualTo(service("tenant"));
    harness.runUntilIdle(100);
  }
}

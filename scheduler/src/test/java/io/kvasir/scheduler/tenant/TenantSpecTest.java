package io.kvasir.scheduler.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TenantSpecTest {

  @Test
  void requestsMayTightenTargetsAndNeverLoosenThem() {
    TenantSpec promised = new TenantSpec("tenant", 1, 500, 0);
    assertThat(promised.ttftMillis(0)).isEqualTo(500);
    assertThat(promised.ttftMillis(200)).isEqualTo(200);
    assertThat(promised.ttftMillis(900)).isEqualTo(500);
    assertThat(promised.tbtMillis(0)).isZero();
    assertThat(promised.tbtMillis(40)).isEqualTo(40);
  }

  @Test
  void aClassCapsThePriority() {
    assertThat(PriorityClass.LOW.cap(0)).isEqualTo(-1);
    assertThat(PriorityClass.LOW.cap(-7)).isEqualTo(-7);
    assertThat(PriorityClass.NORMAL.cap(5)).isZero();
    assertThat(PriorityClass.NORMAL.cap(-5)).isEqualTo(-5);
    assertThat(PriorityClass.HIGH.cap(1000)).isEqualTo(1000);
  }

  @Test
  void refusalsNameTheFieldAndTheLimit() {
    TenantDraft draft = TenantSpec.of("t").toDraft();
    assertRefused(draft.weight(0), "tenant t: weight must be 0.001 to 1000, is 0");
    assertRefused(draft.weight(Double.NaN), "weight must be 0.001 to 1000, is NaN");
    draft.weight(1);
    assertRefused(draft.ttftMillis(-1), "ttft_ms must be 0 to 86400000, is -1");
    assertRefused(
        draft.ttftMillis(0).requests(new Rate(1, 0.5)), "request_burst must be 1 to 1000000000000");
    assertRefused(
        draft.requests(Rate.NONE).tokens(new Rate(0, 5)),
        "token_burst goes with tokens_per_second");
    assertRefused(
        draft.tokens(new Rate(1e10, 5)),
        "tokens_per_second must be 0.001 to 1000000000, is 10000000000");
    assertRefused(
        draft.tokens(Rate.NONE).maxQueued(2_000_000),
        "max_queued_requests must be 0 to 1000000, is 2000000");
    assertRefused(
        draft.maxQueued(0).maxStepTokens(-1), "max_step_tokens must be 0 to 1048576, is -1");
    assertRefused(draft.maxStepTokens(0).deviceKvBytes(-1), "kv_quota.device must be at least 0");
    assertThatThrownBy(() -> TenantSpec.of("")).hasMessageContaining("id has 0 characters");
    assertThatThrownBy(() -> TenantSpec.of("é")).hasMessageContaining("printable ASCII");
  }

  private static void assertRefused(TenantDraft draft, String problem) {
    assertThatThrownBy(draft::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
  }
}

package io.kvasir.worker.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A plan is filled, read by columns and as a list, and filled again. */
class StepPlanTest {
  private static final int[] NO_SLOTS = {};

  private static void fill(StepPlan plan, long stepId, int firstSlot, int requests) {
    plan.clear();
    for (int i = 0; i < requests; i++) {
      plan.scheduled().append(firstSlot + i, 10 * i, i + 1, i % 2 == 0);
      for (int block = 0; block < i % 3; block++) {
        plan.scheduled().appendBlock(100 * i + block);
      }
    }
    plan.complete(stepId, NO_SLOTS, List.of(), List.of(), new long[0]);
  }

  @Test
  void columnsAndRowsSayTheSame() {
    StepPlan plan = new StepPlan(0);
    fill(plan, 1, 5, 50);
    ScheduledRequests scheduled = plan.scheduled();
    assertThat(scheduled).hasSize(50);
    assertThat(plan.tokenCount()).isEqualTo(50 * 51 / 2);
    for (int i = 0; i < 50; i++) {
      ScheduledRequest row = scheduled.get(i);
      assertThat(row.slot()).isEqualTo(scheduled.slot(i)).isEqualTo(5 + i);
      assertThat(row.computedTokens()).isEqualTo(scheduled.computedTokens(i)).isEqualTo(10 * i);
      assertThat(row.tokenCount()).isEqualTo(scheduled.tokenCount(i)).isEqualTo(i + 1);
      assertThat(row.sample()).isEqualTo(scheduled.sample(i)).isEqualTo(i % 2 == 0);
      assertThat(row.newBlockIds()).hasSize(scheduled.newBlockCount(i)).hasSize(i % 3);
      for (int n = 0; n < i % 3; n++) {
        assertThat(row.newBlockIds()[n]).isEqualTo(scheduled.newBlockId(i, n));
        assertThat(row.newBlockIds()[n]).isEqualTo(100 * i + n);
      }
    }
  }

  @Test
  void aCopyKeepsWhatIsFilledAgain() {
    StepPlan plan = new StepPlan(4);
    fill(plan, 1, 0, 4);
    StepPlan kept = plan.copy();
    fill(plan, 2, 7, 2);
    assertThat(plan.stepId()).isEqualTo(2);
    assertThat(plan.scheduled()).extracting(ScheduledRequest::slot).containsExactly(7, 8);
    assertThat(plan.scheduled().newBlockCount(0)).isZero();
    assertThat(plan.scheduled().newBlockId(1, 0)).isEqualTo(100);
    assertThat(kept.stepId()).isEqualTo(1);
    assertThat(kept.scheduled()).extracting(ScheduledRequest::slot).containsExactly(0, 1, 2, 3);
    assertThat(kept.scheduled().newBlockId(2, 1)).isEqualTo(201);
  }

  @Test
  void nothingIsReadBeyondTheEnd() {
    StepPlan plan = new StepPlan(4);
    fill(plan, 1, 0, 4);
    fill(plan, 2, 0, 1);
    ScheduledRequests scheduled = plan.scheduled();
    assertThatThrownBy(() -> scheduled.slot(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> scheduled.newBlockId(0, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}

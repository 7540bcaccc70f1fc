package io.kvasir.worker.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.CopyUrgency;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What touches no block does not wait for the plan's turn. */
class PlanArrivalTest {
  private static final int[] NONE = {};

  @Test
  void probesBeginAndCancellationsHoldWhenThePlanComes() {
    RecordingCopier copier = new RecordingCopier();
    StepEngine engine = new StepEngine(new CountingRunner(), 4, copier);
    WorkerLoop loop =
        new WorkerLoop(
            "test",
            engine,
            new WorkerLoop.Listener() {
              @Override
              public void onResult(StepResult result) {}

              @Override
              public void onCopied(CopyResult result) {}

              @Override
              public void onStopped(String reason) {}
            });
    // The loop has not started: nothing has its turn.
    loop.submit(
        new StepPlan(
            1,
            NONE,
            List.of(),
            List.of(),
            List.of(job(1, CopyKind.STORE), job(2, CopyKind.PROBE)),
            new long[] {1}));
    assertThat(copier.calls).containsExactly("PROBE 2", "cancel 1");
    copier.calls.clear();
    loop.start();
    loop.close();
    assertThat(copier.calls)
        .as("cancelled once more, now that it is known")
        .containsExactly("STORE 1", "cancel 1");
  }

  private static CopyJob job(long id, CopyKind kind) {
    int[] one = {1};
    long[] hash = {1};
    int[] place = kind == CopyKind.PROBE ? NONE : one;
    return new CopyJob(
        id, kind, CopyUrgency.RESTORE, 0, -1, place, place, NONE, hash, hash, one, one, one);
  }
}

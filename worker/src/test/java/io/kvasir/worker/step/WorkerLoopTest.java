package io.kvasir.worker.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.worker.sample.SamplingParams;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Order, failures and endings of the loop. */
@Timeout(30)
final class WorkerLoopTest {
  private final CountingRunner runner = new CountingRunner();
  private final StepEngine engine = new StepEngine(runner, 2, null, () -> 0L);
  private final BlockingQueue<StepResult> results = new LinkedBlockingQueue<>();
  private final BlockingQueue<CopyResult> copied = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> stopped = new LinkedBlockingQueue<>();
  private volatile Runnable onResult = () -> {};
  private final WorkerLoop loop =
      new WorkerLoop(
          "test-worker",
          engine,
          new WorkerLoop.Listener() {
            @Override
            public void onResult(StepResult result) {
              results.add(result);
              onResult.run();
            }

            @Override
            public void onCopied(CopyResult result) {
              copied.add(result);
            }

            @Override
            public void onStopped(String reason) {
              stopped.add(reason);
            }
          });

  /** The scheduler holds blocks for the job until it hears of it. */
  @Test
  void answersACopyThatCannotBeAndComputesTheStep() {
    int[] one = {0};
    long[] hash = {1};
    CopyJob job =
        new CopyJob(
            7,
            CopyKind.STORE,
            CopyUrgency.SWAP_OUT,
            0,
            -1,
            one,
            one,
            new int[0],
            hash,
            hash,
            new int[] {1},
            one,
            one);
    StepPlan plan = first();
    loop.submit(
        new StepPlan(
            plan.stepId(),
            plan.releasedSlots(),
            plan.newRequests(),
            plan.scheduled(),
            List.of(job),
            new long[] {7, 99}));
    loop.start();
    loop.close();
    assertThat(copied.poll())
        .isEqualTo(
            new CopyResult(
                7,
                List.of(CopyOutcome.FAILED),
                0,
                0,
                0,
                0,
                "invalid job: copies: this worker has no tiers"));
    assertThat(results.remove().failed()).isFalse();
  }

  @Test
  void executesInOrderAndDrainsWhenClosed() {
    loop.submit(first());
    loop.submit(next(2, 3));
    loop.submit(next(3, 4));
    loop.start();
    loop.close();
    assertThat(results).extracting(StepResult::stepId).containsExactly(1L, 2L, 3L);
    assertThat(results).allMatch(result -> !result.failed());
    assertThat(stopped).containsExactly("closed");
    loop.submit(next(4, 5));
    assertThat(results).hasSize(3);
  }

  @Test
  void dropsWaitingPlansWhenStopped() throws Exception {
    onResult = () -> loop.stop("enough");
    loop.submit(first());
    loop.submit(next(2, 3));
    loop.start();
    loop.join();
    assertThat(results).extracting(StepResult::stepId).containsExactly(1L);
    assertThat(stopped).containsExactly("enough");
  }

  @Test
  void refusesMorePlansThanItsBound() {
    for (int i = 1; i <= WorkerLoop.MAX_QUEUED_PLANS; i++) {
      loop.submit(next(i, 1));
    }
    assertThatIllegalStateException()
        .isThrownBy(() -> loop.submit(next(9, 1)))
        .withMessage("step 9: 4 plans are waiting already");
  }

  @Test
  void answersAnInvalidPlanAndGoesOn() throws Exception {
    loop.start();
    loop.submit(next(1, 7));
    assertThat(results.take().failure())
        .isEqualTo("invalid plan: slot 0: scheduled: slot holds no request");
    loop.submit(first());
    assertThat(results.take().failed()).isFalse();
    loop.close();
  }

  @Test
  void answersAnErrorAndStops() throws Exception {
    runner.error = new StackOverflowError("too deep");
    loop.start();
    loop.submit(first());
    assertThat(results.take().failure())
        .isEqualTo("step 1 failed: java.lang.StackOverflowError: too deep");
    assertThat(stopped.take()).isEqualTo("step 1 failed: java.lang.StackOverflowError: too deep");
  }

  @Test
  void stopsWhenItsListenerThrows() throws Exception {
    onResult =
        () -> {
          throw new IllegalStateException("deaf");
        };
    loop.start();
    loop.submit(first());
    assertThat(stopped.take())
        .isEqualTo("worker loop failed: java.lang.IllegalStateException: deaf");
  }

  @Test
  void closesFromItsOwnThread() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    onResult =
        () -> {
          loop.close();
          closed.countDown();
        };
    loop.start();
    loop.submit(first());
    closed.await();
    assertThat(stopped.take()).isEqualTo("closed");
  }

  private static StepPlan first() {
    NewRequest request =
        new NewRequest(0, "r", new int[] {1, 2, 3}, 3, new int[0], SamplingParams.GREEDY, 0);
    return new StepPlan(
        1,
        new int[0],
        List.of(request),
        List.of(new ScheduledRequest(0, 0, 3, new int[] {0, 1}, true)));
  }

  private static StepPlan next(long stepId, int computed) {
    return new StepPlan(
        stepId,
        new int[0],
        List.of(),
        List.of(new ScheduledRequest(0, computed, 1, new int[0], true)));
  }
}

package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.link.WorkerLink;
import io.kvasir.scheduler.plan.CacheSecret;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.worker.runner.hash.HashModelRunner;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import io.kvasir.worker.step.StepEngine;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.WorkerInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What anybody may ask at any rate does not keep the loop from its steps. */
@Timeout(60)
class QuestionsTest {
  private static final HashRunnerConfig WORKER = new HashRunnerConfig(60, 64, 4, 40, 64);

  /** A worker that only takes plans. */
  private static final class Taker implements WorkerLink {
    private final WorkerInfo info;
    private final List<StepPlan> plans = new ArrayList<>();

    Taker(WorkerInfo info) {
      this.info = info;
    }

    @Override
    public WorkerInfo info() {
      return info;
    }

    @Override
    public void submit(StepPlan plan) {
      plans.add(plan);
    }

    @Override
    public void close(String reason) {}
  }

  private static Question<OptionalInt> question() {
    return new Question<>((core, now) -> core.sessions().end("t", "s", now), OptionalInt.empty());
  }

  @Test
  void aTurnPutsABoundedNumberOfThemAndPlansItsStep() {
    Tenants tenants = new Tenants();
    SchedulerConfig config = SchedulerConfig.DEFAULT;
    AdmissionGate gate = new AdmissionGate(config, tenants);
    CommandQueue commands = new CommandQueue();
    SchedulerCore core =
        new SchedulerCore(config, tenants, SchedulerEvents.NONE, CacheSecret.NONE, gate);
    IntegrityChecks checks = new IntegrityChecks(() -> 0);
    SchedulerTurn turn =
        new SchedulerTurn(core, gate, commands, checks, SchedulerEvents.NONE, () -> 0);
    try (HashModelRunner runner = new HashModelRunner(WORKER)) {
      Taker worker = new Taker(new StepEngine(runner, 8).info("worker"));
      commands.offer(new SchedulerCommand.Connected(worker));
      RecordedRequest request =
          new RecordedRequest(Specs.PLAIN.request("r", Specs.prompt(1, 4, 60), 4));
      gate.serve(ServingLimits.of(worker.info()));
      assertThat(gate.enter(request.spec(), 0)).isNull();
      commands.offer(new SchedulerCommand.Submit(request.spec(), request, request));
      int most = CommandQueue.QUESTIONS_PER_TURN;
      for (int i = 0; i < 3 * most; i++) {
        assertThat(commands.ask(question())).isTrue();
      }
      turn.take();
      assertThat(worker.plans).isNotEmpty();
      assertThat(commands.questions()).isEqualTo(2 * most);
    }
  }

  @Test
  void moreThanMayWaitAreRefusedAndTheOthersAnswered() throws Exception {
    SchedulerLoop loop = new SchedulerLoop(SchedulerConfig.DEFAULT, SchedulerEvents.NONE);
    List<CompletableFuture<OptionalInt>> answers = new ArrayList<>();
    for (int i = 0; i < CommandQueue.MAX_QUESTIONS; i++) {
      answers.add(loop.endSession("tenant", "session"));
    }
    assertThat(loop.endSession("tenant", "session").exceptionNow())
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("1024");
    loop.start();
    for (CompletableFuture<OptionalInt> answer : answers) {
      assertThat(answer.get()).isEmpty();
    }
    loop.close(Duration.ZERO);
    assertThat(loop.endSession("tenant", "session").get()).isEmpty();
  }
}

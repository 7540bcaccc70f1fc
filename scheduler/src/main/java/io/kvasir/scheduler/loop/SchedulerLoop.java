package io.kvasir.scheduler.loop;

import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.scheduler.link.WorkerLink;
import io.kvasir.scheduler.plan.CacheSecret;
import io.kvasir.scheduler.request.OutputText;
import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.request.RequestError.Code;
import io.kvasir.scheduler.request.RequestListener;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.request.SessionHints;
import io.kvasir.scheduler.request.SessionOutcome;
import io.kvasir.scheduler.request.SubmitResult;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.worker.step.StepResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;

/**
 * The scheduler as other threads see it, and its thread. Everything that schedules happens on one
 * thread in {@link SchedulerTurn}; this class hands it commands.
 *
 * <p>One worker at a time. The first one that connects decides which model is served, unless the
 * configuration does.
 */
public final class SchedulerLoop implements Scheduler, WorkerLink.Listener {
  private static final String CLOSED = "the scheduler has been closed";
  private static final String TOO_MANY =
      "%d questions wait for the scheduler, which is the limit"
          .formatted(CommandQueue.MAX_QUESTIONS);

  private final LongSupplier nanoClock;
  private final AdmissionGate gate;
  private final CommandQueue commands = new CommandQueue();
  private final IntegrityChecks checks;
  private final WorkerGuard workers;
  private final SchedulerTurn turn;
  private final Thread thread;
  private final CountDownLatch ended = new CountDownLatch(1);

  /** A loop on the JVM's monotonic clock, {@link System#nanoTime}. */
  public SchedulerLoop(SchedulerConfig config, SchedulerEvents events) {
    this(config, new Tenants(), events, System::nanoTime, CacheSecret.random());
  }

  /**
   * @param tenants who may do what
   * @param nanoClock the clock of {@link RequestSpec#arrivalNanos}
   * @param secret keeps tenants from finding each other's cached prefixes
   */
  public SchedulerLoop(
      SchedulerConfig config,
      Tenants tenants,
      SchedulerEvents events,
      LongSupplier nanoClock,
      CacheSecret secret) {
    this.nanoClock = nanoClock;
    this.gate = new AdmissionGate(config, tenants);
    this.workers = new WorkerGuard(config.modelFingerprint());
    SchedulerCore core = new SchedulerCore(config, tenants, events, secret, gate);
    this.checks = new IntegrityChecks(nanoClock);
    this.turn = new SchedulerTurn(core, gate, commands, checks, events, nanoClock);
    this.thread = Thread.ofPlatform().name("scheduler").daemon(true).unstarted(this::run);
  }

  /** Starts the thread. */
  public SchedulerLoop start() {
    thread.start();
    return this;
  }

  private void run() {
    try {
      while (turn.take()) {
        commands.await(turn.idleNanos());
      }
    } finally {
      ended.countDown();
      turn.endQuestions();
      checks.answer(CLOSED);
    }
  }

  @Override
  public SubmitResult submit(RequestSpec spec, OutputText output, RequestListener listener) {
    RequestError refusal = gate.enter(spec, nanoClock.getAsLong());
    if (refusal != null) {
      return new SubmitResult.Refused(refusal);
    }
    commands.offer(new SchedulerCommand.Submit(spec, output, listener));
    return new SubmitResult.Accepted();
  }

  @Override
  public boolean abort(String requestId, String tenantId) {
    AdmissionGate.Ticket ticket = gate.find(requestId, tenantId);
    if (ticket != null && ticket.claimAbort()) {
      commands.offer(new SchedulerCommand.Abort(requestId, ticket));
    }
    return ticket != null;
  }

  @Override
  public SchedulerStatus status() {
    return turn.status();
  }

  @Override
  public CompletableFuture<List<String>> checkIntegrity() {
    CompletableFuture<List<String>> answer =
        checks.ask(() -> commands.offer(new SchedulerCommand.CheckIntegrity()));
    if (ended.getCount() == 0) {
      checks.answer(CLOSED);
    }
    return answer;
  }

  @Override
  public CompletableFuture<Boolean> setTierLimit(String tier, int blocks) {
    return ask(
        (core, _) -> {
          try {
            return core.setTierLimit(tier, blocks);
          } catch (IllegalArgumentException e) {
            throw new CompletionException(e);
          }
        },
        false);
  }

  @Override
  public CompletableFuture<Optional<SessionOutcome>> updateSession(
      String tenantId, String sessionId, SessionHints hints) {
    return ask(
        (core, now) -> core.sessions().update(tenantId, sessionId, hints, now), Optional.empty());
  }

  @Override
  public CompletableFuture<OptionalInt> endSession(String tenantId, String sessionId) {
    return ask((core, now) -> core.sessions().end(tenantId, sessionId, now), OptionalInt.empty());
  }

  private <T> CompletableFuture<T> ask(Question.Asked<T> asked, T unserved) {
    Question<T> question = new Question<>(asked, unserved);
    if (!commands.ask(question)) {
      question.answer().completeExceptionally(new RejectedExecutionException(TOO_MANY));
    } else if (ended.getCount() == 0) {
      question.endUnserved();
    }
    return question.answer();
  }

  @Override
  public void close(Duration drain) {
    gate.close(new RequestError(Code.UNAVAILABLE, "the server is shutting down", 0));
    commands.offer(new SchedulerCommand.Close(nanoClock.getAsLong() + drain.toNanos()));
    if (thread.getState() == Thread.State.NEW) {
      return;
    }
    boolean interrupted = false;
    while (true) {
      try {
        ended.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String onConnected(WorkerLink link) {
    // The command goes first, so that it is in front of every submission that the gate lets in. The
    // loop opens the gate as well: it may say that it serves before this thread has come so far.
    return workers.connect(
        link,
        () -> {
          commands.offer(new SchedulerCommand.Connected(link));
          gate.serve(ServingLimits.of(link.info()));
        });
  }

  @Override
  public void onResult(WorkerLink link, StepResult result) {
    commands.offer(new SchedulerCommand.Result(link, result));
  }

  @Override
  public void onCopied(WorkerLink link, CopyResult result) {
    commands.offer(new SchedulerCommand.Copied(link, result));
  }

  @Override
  public void onInventory(WorkerLink link, List<StoredBlock> blocks) {
    commands.offer(new SchedulerCommand.Inventory(link, blocks));
  }

  @Override
  public void onLost(WorkerLink link, String reason) {
    workers.disconnect(
        link,
        () -> {
          gate.serve(null);
          commands.offer(new SchedulerCommand.Lost(link, reason));
        });
  }
}

package io.kvasir.scheduler.loop;

import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.scheduler.link.WorkerLink;
import io.kvasir.scheduler.request.OutputText;
import io.kvasir.scheduler.request.RequestListener;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.worker.step.StepResult;
import java.util.List;

/** What other threads want of the scheduler loop. Carried out in the order of the queue. */
sealed interface SchedulerCommand {

  /** A request passed the admission gate. */
  record Submit(RequestSpec spec, OutputText output, RequestListener listener)
      implements SchedulerCommand {}

  /** Somebody wants a request to end. */
  record Abort(String requestId, AdmissionGate.Ticket ticket) implements SchedulerCommand {}

  /** A worker was accepted. */
  record Connected(WorkerLink link) implements SchedulerCommand {}

  /** A worker answered a plan. */
  record Result(WorkerLink link, StepResult result) implements SchedulerCommand {}

  /** A worker's copy ended. */
  record Copied(WorkerLink link, CopyResult result) implements SchedulerCommand {}

  /** A part of what a worker's tiers hold since before it connected. */
  record Inventory(WorkerLink link, List<StoredBlock> blocks) implements SchedulerCommand {}

  /** A worker is gone. */
  record Lost(WorkerLink link, String reason) implements SchedulerCommand {}

  /** Somebody wants to know whether every invariant holds; see {@link IntegrityChecks}. */
  record CheckIntegrity() implements SchedulerCommand {}

  /** Wake up: the gate was closed. */
  record Close(long drainEndNanos) implements SchedulerCommand {}
}

package io.kvasir.scheduler.plan;

import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestBlocks;
import io.kvasir.worker.step.NewRequest;
import io.kvasir.worker.step.ScheduledRequests;
import io.kvasir.worker.step.StepPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * A step plan in the making. What is put in is at once marked as planned on the request and noted
 * in the {@link PlannedStep} that owns the plan. Confined to the scheduler loop.
 */
final class StepDraft {
  private static final int[] NONE = {};
  private static final long[] NO_JOBS = {};

  private final WorkerSession session;
  private final List<NewRequest> newRequests = new ArrayList<>();
  private List<CopyJob> copies = List.of();
  private long[] cancelledJobs = NO_JOBS;
  private int[] releasedSlots = NONE;
  private int preempted;

  StepDraft(WorkerSession session) {
    this.session = session;
  }

  void begin(long now) {
    newRequests.clear();
    copies = List.of();
    cancelledJobs = NO_JOBS;
    releasedSlots = NONE;
    preempted = 0;
    session.inFlight().next().begin(session.plannedSteps() + 1, now);
  }

  /* Introduces a request to the worker, in full. */
  private void introduce(Request request) {
    BlockTable table = Objects.requireNonNull(request.blocks()).table();
    newRequests.add(
        new NewRequest(
            request.slot(),
            request.spec().requestId(),
            Arrays.copyOf(request.tokenIds(), request.tokenCount()),
            request.promptTokens(),
            table.copyOfRange(0, request.blocksSent()),
            request.spec().sampling(),
            request.spec().topCandidates()));
  }

  /** Schedules a running request's next {@code count} tokens. */
  void schedule(Request request, int count) {
    if (!request.introduced()) {
      introduce(request);
    }
    int start = request.plannedTokens();
    boolean sample = start + count == request.expectedTokens();
    RequestBlocks blocks = Objects.requireNonNull(request.blocks());
    int held = blocks.table().blockCount();
    int sent = request.blocksSent();
    PlannedStep step = session.inFlight().next();
    ScheduledRequests scheduled = step.plan().scheduled();
    scheduled.append(request.slot(), start, count, sample);
    for (int i = sent; i < held; i++) {
      scheduled.appendBlock(blocks.table().blockId(i));
    }
    step.add(request, count, sample);
    request.place().planned(step.stepId());
    request.planned(count, sample, held);
  }

  /** Whether tokens of a request are in the draft. */
  boolean holds(Request request) {
    return request.place().lastStep() == session.inFlight().next().stepId();
  }

  /** Whether tokens of a request are in the step before. */
  boolean wasInStepBefore(Request request) {
    return request.place().lastStep() == session.inFlight().next().stepId() - 1;
  }

  void countPreemption() {
    preempted++;
  }

  /** Requests preempted in this step. */
  int preempted() {
    return preempted;
  }

  /** The worker forgets these slots first, as well. One may be named again. */
  void release(int[] slots) {
    if (releasedSlots.length == 0) {
      releasedSlots = slots;
    } else if (slots.length > 0) {
      releasedSlots =
          IntStream.concat(Arrays.stream(releasedSlots), Arrays.stream(slots)).distinct().toArray();
    }
  }

  /** The worker begins these copies first. */
  void copy(List<CopyJob> jobs) {
    copies = jobs;
  }

  /** The worker gives up what has not begun of these copies. */
  void cancel(long[] jobs) {
    cancelledJobs = jobs;
  }

  /** Whether there is nothing to tell the worker: no work, copies or slots to forget. */
  boolean isEmpty() {
    return session.inFlight().next().size() == 0
        && releasedSlots.length == 0
        && copies.isEmpty()
        && cancelledJobs.length == 0;
  }

  /** Ends the draft; the plan counts as in flight. */
  StepPlan build() {
    StepPlan plan = session.inFlight().next().plan();
    session.inFlight().push();
    plan.complete(session.nextStepId(), releasedSlots, newRequests, copies, cancelledJobs);
    return plan;
  }
}

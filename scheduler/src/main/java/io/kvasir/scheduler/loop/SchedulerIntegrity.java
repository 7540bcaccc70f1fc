package io.kvasir.scheduler.loop;

import io.kvasir.kvpool.KvPool;
import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.scheduler.plan.PlannedStep;
import io.kvasir.scheduler.plan.PlansInFlight;
import io.kvasir.scheduler.plan.WorkerSession;
import io.kvasir.scheduler.policy.ServiceAccounts;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestBlocks;
import io.kvasir.scheduler.request.RequestQueue;
import io.kvasir.scheduler.request.RequestState;
import io.kvasir.scheduler.request.RequestTable;
import io.kvasir.scheduler.session.Sessions;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recounts everything: requests and queues, tokens and plans in flight, slots, block tables and the
 * pool. Each check is one sentence in the list of violations if it fails. Confined to the scheduler
 * loop.
 */
final class SchedulerIntegrity {
  private final RequestTable table;
  private final ServiceAccounts accounts;
  private final List<String> violations = new ArrayList<>();

  private SchedulerIntegrity(RequestTable table, ServiceAccounts accounts) {
    this.table = table;
    this.accounts = accounts;
  }

  /** One sentence per contradiction; empty if there is none. */
  static List<String> violations(
      RequestTable table,
      ServiceAccounts accounts,
      Sessions sessions,
      @Nullable WorkerSession session) {
    SchedulerIntegrity check = new SchedulerIntegrity(table, accounts);
    check.queues();
    for (Request request : table.all()) {
      check.tokens(request, session);
    }
    if (session == null) {
      if (!table.running().isEmpty()) {
        check.violations.add("requests run without a worker");
      }
    } else {
      check.blocks(session);
      check.violations.addAll(session.slots().violations(table.running()));
      check.violations.addAll(session.memory().pool().violations());
    }
    check.violations.addAll(sessions.violations());
    return check.violations;
  }

  private void queues() {
    int queued = table.running().size() + table.waiting().size();
    if (queued != table.size()) {
      violations.add(queued + " requests in queues, " + table.size() + " by id");
    }
    RequestQueue running = table.running();
    for (int i = 0; i < running.size(); i++) {
      Request request = running.get(i);
      listed(request, request.state() == RequestState.RUNNING);
      require(running.inPlace(i), "out of order: ", request);
    }
    table
        .waiting()
        .forEach(request -> {
          RequestState state = request.state();
          listed(request, state == RequestState.WAITING || state == RequestState.PREEMPTED);
        });
    violations.addAll(table.waiting().violations());
    boolean resumes = table.resumes().holds();
    if (!resumes || table.resumes().size() != accounts.preemptedRequests()) {
      violations.add("requests to be resumed are out of order");
    }
    violations.addAll(accounts.violations());
  }

  private void listed(Request request, boolean fits) {
    require(table.find(request.spec().requestId()) == request, "not in the table: ", request);
    require(fits, "in the wrong queue: ", request);
  }

  /** Token counters follow each other, and what is planned is what is in flight. */
  private void tokens(Request request, @Nullable WorkerSession session) {
    boolean ordered =
        0 <= request.computedTokens()
            && request.computedTokens() <= request.plannedTokens()
            && request.plannedTokens() <= request.expectedTokens()
            && request.expectedTokens() <= request.tokenLimit()
            && request.tokenCount() < request.tokenLimit();
    require(ordered, "token counts contradict each other: ", request);
    int tokens = 0;
    int samples = 0;
    PlansInFlight plans = session == null ? null : session.inFlight();
    for (int p = 0; plans != null && p < plans.count(); p++) {
      PlannedStep step = plans.get(p);
      for (int i = 0; i < step.size(); i++) {
        if (step.request(i) == request) {
          samples += step.sample(i) ? 1 : 0;
          boolean counts = request.state() == RequestState.RUNNING && step.sameAdmission(i);
          tokens += counts ? step.tokenCount(i) : 0;
        }
      }
    }
    boolean counted =
        samples == request.samplesInFlight()
            && tokens == request.plannedTokens() - request.computedTokens();
    if (!counted) {
      violations.add("%d tokens, %d samples in flight: %s".formatted(tokens, samples, request));
    }
  }

  /**
   * Running requests hold enough blocks, others none; they, sessions and the pool counts the same
   * blocks.
   */
  private void blocks(WorkerSession session) {
    KvPool pool = session.memory().pool();
    BitSet held = new BitSet(pool.totalBlocks());
    for (Request request : table.all()) {
      RequestBlocks lent = request.blocks();
      BlockTable blocks = lent == null ? null : lent.table();
      int count = blocks == null ? 0 : blocks.blockCount();
      if (request.state() == RequestState.RUNNING) {
        boolean enough = count * session.memory().blockTokens() >= request.plannedTokens();
        require(enough, "too few blocks: ", request);
        require(request.blocksSent() <= count, "the worker knows too many blocks: ", request);
      } else {
        require(count == 0, "holds blocks without running: ", request);
      }
      for (int i = 0; blocks != null && i < count; i++) {
        held.set(blocks.blockId(i));
      }
    }
    for (int block : pool.residency().keeper().heldBlocks()) {
      held.set(block);
    }
    int owned = pool.ownedBlocks();
    if (held.cardinality() != owned) {
      violations.add(
          held.cardinality() + " blocks held by requests and sessions, " + owned + " owned");
    }
    int sum = pool.freeBlocks() + owned + pool.cachedBlocks() + pool.inFlightBlocks();
    if (sum != pool.totalBlocks()) {
      violations.add("%d blocks by state, %d in all".formatted(sum, pool.totalBlocks()));
    }
  }

  private void require(boolean holds, String problem, Request request) {
    if (!holds) {
      violations.add(problem + request);
    }
  }
}

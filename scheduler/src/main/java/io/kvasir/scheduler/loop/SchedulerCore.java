package io.kvasir.scheduler.loop;

import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.scheduler.plan.CacheSecret;
import io.kvasir.scheduler.plan.Preemptor;
import io.kvasir.scheduler.plan.ResumeGuard;
import io.kvasir.scheduler.plan.StepPlanner;
import io.kvasir.scheduler.plan.WorkerSession;
import io.kvasir.scheduler.policy.PrefixProbe;
import io.kvasir.scheduler.policy.SchedulingPolicy;
import io.kvasir.scheduler.policy.ServiceAccounts;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.scheduler.request.OutputText;
import io.kvasir.scheduler.request.PreemptedEvent;
import io.kvasir.scheduler.request.PreemptedEvent.KvFate;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestListener;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.request.RequestTable;
import io.kvasir.scheduler.session.Sessions;
import io.kvasir.scheduler.tenant.Tenant;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.StepResult;
import io.kvasir.worker.step.WorkerInfo;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler without its thread: takes commands and results, gives plans. No threads, clocks or
 * randomness: the same calls lead to the same plans. {@code now} is nanoseconds on the clock of
 * {@link RequestSpec#arrivalNanos} and never decreases. Confined to the scheduler loop.
 */
public final class SchedulerCore {
  private static final long NONE = Long.MAX_VALUE;

  /** What exists while a worker is connected. */
  private record Serving(
      WorkerSession session, Preemptor preemptor, StepPlanner planner, StepResultApplier applier) {}

  private final SchedulerConfig config;
  private final Tenants tenants;
  private final SchedulerEvents events;
  private final CacheSecret secret;
  private final ServiceAccounts accounts;
  private final SchedulingPolicy policy;
  private final RequestTable table;
  private final ResumeGuard guard;
  private final SchedulerTotals totals = new SchedulerTotals();
  private final Sessions sessions;
  private final RequestFinisher finisher;
  private final PlanCounter planned;
  private final WorkerGrace grace;
  private final StuckDetector stuck;
  private final StatusReport report;

  private @Nullable Serving serving;
  private long arrivals;
  private int promisesVersion;

  /** A core whose queue nobody bounds. */
  public SchedulerCore(
      SchedulerConfig config, Tenants tenants, SchedulerEvents events, CacheSecret secret) {
    this(config, tenants, events, secret, RequestObserver.NONE);
  }

  SchedulerCore(
      SchedulerConfig config,
      Tenants tenants,
      SchedulerEvents events,
      CacheSecret secret,
      RequestObserver observer) {
    this.config = config;
    this.tenants = tenants;
    this.events = events;
    this.secret = secret;
    this.accounts = config.policySettings().newAccounts();
    this.policy = config.policySettings().newPolicy(config.policy(), accounts);
    this.table = new RequestTable(policy.waiting(), policy, accounts);
    this.guard = new ResumeGuard(table, policy, config.resumeBound());
    this.sessions = new Sessions(config.sessions());
    this.finisher = new RequestFinisher(table, accounts, sessions, totals, events, observer);
    this.planned = new PlanCounter(totals, events, sessions, observer, config.prefixCaching());
    this.grace = new WorkerGrace(config.workerGraceMillis(), table, finisher);
    this.stuck = new StuckDetector(TimeUnit.MILLISECONDS.toNanos(config.stuckMillis()));
    this.report = new StatusReport(table, accounts, sessions, totals, guard, stuck);
  }

  /**
   * Takes a request; its id must not be in the system. One that does not fit the worker, because
   * another was connected when it was let in, ends at once.
   */
  public void submit(RequestSpec spec, OutputText output, RequestListener listener, long now) {
    submit(spec, tenants.of(spec.tenantId()), output, listener, now);
  }

  /** The same, for the tenant that the request was let in as. */
  void submit(
      RequestSpec spec, Tenant tenant, OutputText output, RequestListener listener, long now) {
    Request request = new Request(spec, tenant, output, listener, arrivals++);
    table.add(request);
    if (serving != null) {
      serving.session().tenantTiers().apply(request.tenant());
    }
    sessions.submitted(request);
    if (serving != null) {
      grace.endIfUnservable(request, session(), ServingLimits.of(serving.session().info()), now);
    } else {
      grace.begin(now);
    }
  }

  /** Ends a request, if it is in the system. */
  public void abort(String requestId, long now) {
    Request request = table.find(requestId);
    if (request != null) {
      finisher.finish(request, session(), FinishReason.ABORTED, null, now);
    }
  }

  /** A worker may be sent plans. Requests that a lost one left behind go on, if they fit. */
  public void workerConnected(WorkerInfo info, long now) {
    if (serving != null) {
      throw new IllegalStateException("a worker is connected: " + serving.session().info());
    }
    grace.end();
    ServingLimits limits = ServingLimits.of(info);
    for (Request request : table.all()) {
      grace.endIfUnservable(request, null, limits, now);
    }
    WorkerSession session = config.newSession(info, secret);
    planned.connected(info);
    Preemptor preemptor = new Preemptor(table, session, policy, guard, planned);
    serving =
        new Serving(
            session,
            preemptor,
            new StepPlanner(table, session, preemptor, policy, accounts, guard, planned),
            new StepResultApplier(session, preemptor, finisher, accounts, totals, events));
    policy.connected(session.memory()::cachedTokens);
    promisesVersion = tenants.version();
    session.tenantTiers().apply(tenants.all());
    sessions.connected(session);
    events.onWorkerConnected(info);
  }

  /** The worker is gone: running requests wait to be computed again by the next one. */
  public void workerLost(String reason, long now) {
    if (serving == null) {
      return;
    }
    serving = null;
    policy.connected(PrefixProbe.NONE);
    sessions.lost();
    for (Request request : table.all()) {
      boolean ran = request.slot() != Request.NO_SLOT;
      request.loseWorker(now);
      if (ran) {
        table.toWaiting(request, now);
        request.listener().onPreempted(new PreemptedEvent(KvFate.WORKER_LOST, List.of(), 0));
      }
    }
    grace.begin(now);
    events.onWorkerLost(reason);
  }

  /**
   * Applies the result of the oldest plan in flight.
   *
   * @throws WorkerProtocolException if it answers something else; nothing was applied
   */
  public void apply(StepResult result, long now) {
    if (serving == null) {
      throw new IllegalStateException("a result without a worker: step " + result.stepId());
    }
    serving.applier().apply(result, now);
  }

  /** Applies the result of a copy; throws as {@link #apply} does. */
  public void applyCopy(CopyResult result) {
    if (serving == null) {
      throw new IllegalStateException("a result without a worker: copy " + result.jobId());
    }
    WorkerTierControl.applyCopy(serving.session(), result);
  }

  /** The connected worker's tiers hold these blocks already; returns how many are of use. */
  public int takeInventory(List<StoredBlock> blocks) {
    return serving == null ? 0 : WorkerTierControl.takeInventory(serving.session(), blocks);
  }

  /** See {@link Scheduler#setTierLimit}. */
  boolean setTierLimit(String tierName, int blocks) {
    return serving != null
        && WorkerTierControl.setLimit(serving.session(), sessions, tierName, blocks);
  }

  /** What is done for sessions between their turns. */
  Sessions sessions() {
    return sessions;
  }

  /** Copies ordered and not ended, and requests for which what they brought does not count yet. */
  public int copiesInFlight() {
    return serving == null ? 0 : serving.session().copiesInFlight();
  }

  /** Whether blocks go to a tier that outlives the process; false without plans: all are kept. */
  boolean isKeeping() {
    return serving != null && WorkerTierControl.isKeeping(serving.session());
  }

  /** Plans a step, which is filled again after its result; null if there is nothing to send now. */
  public @Nullable StepPlan plan(long now) {
    if (serving == null) {
      return null;
    }
    if (promisesVersion != tenants.version()) {
      promisesVersion = tenants.version();
      serving.session().tenantTiers().apply(tenants.all());
      sessions.quotasChanged();
    }
    return serving.planner().plan(now);
  }

  /** Ends what time has run out for. To be called before planning. */
  public void expire(long now) {
    if (now >= table.earliestDeadlineNanos()) {
      for (Request request : table.expired(now)) {
        finisher.finish(request, session(), FinishReason.DEADLINE, null, now);
      }
    }
    if (serving != null) {
      WorkerTierControl.preemptOverdue(serving.session(), serving.preemptor(), now);
    }
    sessions.run(now, !table.waiting().isEmpty());
    grace.expire(now);
  }

  /** Looks whether anything moves. To be called after planning; true if it is stuck since now. */
  public boolean observeProgress(long now) {
    return stuck.observe(table, session(), now);
  }

  /** When {@link #expire} and {@link #observeProgress} want to be called again at the latest. */
  public long nextWakeNanos() {
    long copies = serving == null ? NONE : serving.session().nextWakeNanos();
    long timers = Math.min(table.earliestDeadlineNanos(), grace.endNanos());
    timers = Math.min(Math.min(timers, copies), sessions.nextWakeNanos());
    return Math.min(timers, stuck.nextLookNanos());
  }

  /** Ends every request. */
  void endAll(FinishReason reason, long now) {
    table.all().forEach(request -> finisher.finish(request, session(), reason, null, now));
  }

  /** Ends a request that came too late for {@link #abandonAll}. */
  void abandon(SchedulerCommand.Submit late, Tenant tenant, String reason, long now) {
    Request request = new Request(late.spec(), tenant, late.output(), late.listener(), arrivals++);
    finisher.abandon(request, reason, now);
  }

  /** Ends every request without trusting any structure. Afterwards nothing may be planned. */
  void abandonAll(String reason, long now) {
    table.all().forEach(request -> finisher.abandon(request, reason, now));
  }

  /** One sentence per broken invariant; empty if all hold. */
  public List<String> violations() {
    return SchedulerIntegrity.violations(table, accounts, sessions, session());
  }

  /** Requests in the system. */
  public int requestCount() {
    return table.size();
  }

  /** Tells the gate how long its requests would wait. */
  void report(AdmissionGate gate) {
    gate.measured(report.nanosPerToken(session()), report.tokensBehind());
  }

  /** Everything worth reading when something is wrong. */
  public String dump() {
    return report.dump(session(), violations());
  }

  /** The state as of now; {@code problem} is why nothing is served, empty: find out. */
  public SchedulerStatus status(String problem) {
    return report.status(session(), problem);
  }

  private @Nullable WorkerSession session() {
    return serving == null ? null : serving.session();
  }
}

package io.kvasir.scheduler.loop;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.scheduler.plan.SwapDecision;
import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.worker.step.NewRequest;
import io.kvasir.worker.step.ScheduledRequest;
import io.kvasir.worker.step.StepPlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * Watches from outside. Where the order of two requests never changes, that it is kept: nobody is
 * admitted while an earlier one waits, unless that one's tenant has a quota or a cap; the first
 * running request is never preempted while others run and nobody before it waits, and every step
 * that computes anything computes something of the first one, if it has anything to compute. Under
 * every policy, a failed step ends only requests that were in it, and a step that preempts loads
 * nothing ahead; where nobody gives way, it admits nobody either.
 */
final class OrderWatch implements SchedulerEvents {
  private final Map<String, Integer> arrivals = new HashMap<>();
  private final Map<Integer, String> bySlot = new HashMap<>();
  private final Map<String, Integer> samplesLeft = new HashMap<>();
  private final Map<Long, Set<String>> scheduledBy = new HashMap<>();
  private final Set<String> guilty = new HashSet<>();
  private final boolean ordered;
  private final boolean givesWay;
  private int preemptionsBefore;
  private int admissionsBefore;
  private boolean sessions;
  private final Comparator<RequestSpec> order;
  private final Tenants tenants;
  private final TreeSet<RequestSpec> waiting;
  private final TreeSet<RequestSpec> running;
  private final List<String> violations = new ArrayList<>();
  private final ResumeWatch resumes;

  /** Ids in the order of admission; a resumed request is named again. */
  final List<String> admissionOrder = new ArrayList<>();

  /** Weighted tokens that all were given. */
  double served;

  private final Set<String> withoutToken = new HashSet<>();
  private int failures;
  int preemptions;

  /** Preemptions of requests that generated nothing since they were admitted. */
  int fruitlessAdmissions;

  /**
   * @param tenants who of them may have to step aside
   */
  OrderWatch(SchedulerConfig config, Tenants tenants, LongSupplier clock) {
    this.tenants = tenants;
    this.resumes = new ResumeWatch(config, clock, violations);
    PolicyKind policy = config.policy();
    Comparator<RequestSpec> byArrival =
        Comparator.comparingInt(spec -> arrivals.getOrDefault(spec.requestId(), -1));
    givesWay =
        switch (policy) {
          case PRIORITY, TRACED, MLFQ, FAIR_SLACK -> true;
          case FCFS, VTC, DLPM, SLACK -> false;
        };
    ordered = policy == PolicyKind.FCFS || policy == PolicyKind.PRIORITY;
    order =
        policy != PolicyKind.PRIORITY
            ? byArrival
            : Comparator.comparingInt(RequestSpec::priority).reversed().thenComparing(byArrival);
    waiting = new TreeSet<>(order);
    running = new TreeSet<>(order);
  }

  List<String> violations() {
    return violations;
  }

  /** Steps that failed so far. */
  int failures() {
    return failures;
  }

  void submitted(RequestSpec spec) {
    arrivals.put(spec.requestId(), arrivals.size());
    sessions |= spec.hints() != null;
    waiting.add(spec);
  }

  void workerLost() {
    running.forEach(resumes::lost);
    waiting.addAll(running);
    running.clear();
    bySlot.clear();
    scheduledBy.clear();
  }

  @Override
  public void onAdmitted(RequestSpec spec, int cachedTokens, long queueNanos) {
    admitted(spec);
  }

  @Override
  public void onResumed(RequestSpec spec, long waitNanos) {
    admitted(spec);
  }

  private void admitted(RequestSpec spec) {
    resumes.admitted(spec);
    for (RequestSpec earlier : ordered ? waiting.headSet(spec) : Set.<RequestSpec>of()) {
      if (!limited(earlier) || earlier.tenantId().equals(spec.tenantId())) {
        violations.add(spec.requestId() + " overtakes " + earlier.requestId());
      }
    }
    waiting.remove(spec);
    running.add(spec);
    admissionOrder.add(spec.requestId());
    withoutToken.add(spec.requestId());
  }

  private boolean limited(RequestSpec spec) {
    TenantSpec tenant = tenants.of(spec.tenantId()).spec();
    return tenant.deviceKvBytes() > 0 || tenant.maxStepTokens() > 0;
  }

  @Override
  public void onServed(RequestSpec spec, double service) {
    served += service;
  }

  @Override
  public void onToken(RequestSpec spec, int index, long sinceNanos) {
    withoutToken.remove(spec.requestId());
    if (running.contains(spec)) {
      resumes.token(spec);
    }
  }

  @Override
  public void onPreempted(RequestSpec spec, SwapDecision decision) {
    preemptions++;
    resumes.preempted(spec, decision, failures > 0);
    fruitlessAdmissions += withoutToken.contains(spec.requestId()) ? 1 : 0;
    boolean innocentOfFailure = failures > 0;
    boolean first = running.size() > 1 && running.first().equals(spec);
    boolean gaveWay = !waiting.isEmpty() && order.compare(waiting.first(), spec) < 0;
    if (ordered && first && !gaveWay && !innocentOfFailure) {
      violations.add(spec.requestId() + " is first and was preempted");
    }
    running.remove(spec);
    waiting.add(spec);
  }

  @Override
  public void onFinished(RequestSpec spec, FinishedEvent finished) {
    resumes.finished(spec);
    waiting.remove(spec);
    running.remove(spec);
    RequestError error = finished.error();
    boolean failed = error != null && error.code() == RequestError.Code.INTERNAL;
    if (failed && !guilty.contains(spec.requestId())) {
      violations.add(spec.requestId() + " ends with the failure of a step it was not in");
    }
  }

  /** A step is about to be planned. */
  void planBegins() {
    preemptionsBefore = preemptions;
    admissionsBefore = admissionOrder.size();
  }

  /** Who was preempted in a step gave its blocks to those that run, or to whom it gave way. */
  private void checkPreempting(StepPlan plan) {
    if (preemptions == preemptionsBefore) {
      return;
    }
    if (!givesWay && admissionOrder.size() > admissionsBefore) {
      violations.add("step %d preempts and admits".formatted(plan.stepId()));
    }
    for (CopyJob job : plan.copies()) {
      boolean ahead = job.kind() == CopyKind.LOAD && job.urgency() == CopyUrgency.PREFETCH;
      // What sessions expect is loaded before the step is planned.
      if (ahead && !sessions) {
        violations.add("step %d preempts and loads ahead".formatted(plan.stepId()));
      }
    }
  }

  /**
   * A step was planned.
   *
   * @param copying whether copies are under way, or what they brought does not count before a step
   *     ended: for either the first may have to wait
   */
  void planned(StepPlan plan, boolean copying) {
    checkPreempting(plan);
    for (NewRequest request : plan.newRequests()) {
      bySlot.put(request.slot(), request.requestId());
      samplesLeft.put(request.requestId(), tokenLimit(request) - request.tokenIds().length);
    }
    Map<String, Integer> byTenant = new HashMap<>();
    Set<String> scheduled = new HashSet<>();
    for (ScheduledRequest request : plan.scheduled()) {
      String id = bySlot.getOrDefault(request.slot(), "nobody");
      scheduled.add(id);
      running.stream()
          .filter(spec -> spec.requestId().equals(id))
          .forEach(spec -> byTenant.merge(spec.tenantId(), request.tokenCount(), Integer::sum));
      if (request.sample()) {
        samplesLeft.merge(id, -1, Integer::sum);
      }
    }
    byTenant.forEach((tenant, tokens) -> {
      int most = tenants.of(tenant).spec().maxStepTokens();
      if (most > 0 && tokens > most) {
        violations.add("step %d computes %d of %s".formatted(plan.stepId(), tokens, tenant));
      }
    });
    scheduledBy.put(plan.stepId(), scheduled);
    if (!ordered || scheduled.isEmpty() || running.isEmpty() || copying) {
      return;
    }
    String first = running.first().requestId();
    boolean capped = tenants.of(running.first().tenantId()).spec().maxStepTokens() > 0;
    if (!capped && !scheduled.contains(first) && samplesLeft.getOrDefault(first, 0) > 0) {
      violations.add("step " + plan.stepId() + " computes nothing of the first, " + first);
    }
  }

  private int tokenLimit(NewRequest request) {
    int maxTokens =
        running.stream()
            .filter(spec -> spec.requestId().equals(request.requestId()))
            .mapToInt(RequestSpec::maxTokens)
            .sum();
    return request.promptTokens() + maxTokens;
  }

  /**
   * A step failed.
   *
   * @param computed whether the runner failed, so that the step's requests may end with it
   */
  void failed(StepPlan plan, boolean computed) {
    failures++;
    if (computed) {
      guilty.addAll(scheduledBy.getOrDefault(plan.stepId(), Set.of()));
    }
  }
}

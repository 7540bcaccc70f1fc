package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.loop.SchedulerConfig.PolicyKind;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.worker.step.NewRequest;
import io.kvasir.worker.step.ScheduledRequest;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.StepResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Watches from outside that the order is kept: nobody is admitted while an earlier one waits, the
 * first running request is never preempted while others run, and every step that computes anything
 * computes something of the first one, if it has anything to compute.
 */
final class OrderWatch implements SchedulerEvents {
  private final Map<String, Integer> arrivals = new HashMap<>();
  private final Map<String, Integer> slots = new HashMap<>();
  private final Map<String, Integer> tokensLeft = new HashMap<>();
  private final TreeSet<RequestSpec> waiting;
  private final TreeSet<RequestSpec> running;
  private final List<String> violations = new ArrayList<>();

  /** Ids in the order of admission; a resumed request is named again. */
  final List<String> admissionOrder = new ArrayList<>();

  private final Set<String> withoutToken = new HashSet<>();
  private int failures;
  int preemptions;

  /** Preemptions of requests that generated nothing since they were admitted. */
  int fruitlessAdmissions;

  OrderWatch(PolicyKind policy) {
    Comparator<RequestSpec> byArrival =
        Comparator.comparingInt(spec -> arrivals.getOrDefault(spec.requestId(), -1));
    Comparator<RequestSpec> order =
        policy == PolicyKind.FCFS
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
    tokensLeft.put(spec.requestId(), spec.maxTokens());
    waiting.add(spec);
  }

  void workerLost() {
    waiting.addAll(running);
    running.clear();
    slots.clear();
  }

  @Override
  public void onAdmitted(RequestSpec spec, int cachedTokens, long queueNanos) {
    admitted(spec);
  }

  @Override
  public void onResumed(RequestSpec spec) {
    admitted(spec);
  }

  private void admitted(RequestSpec spec) {
    if (!waiting.first().equals(spec)) {
      violations.add(spec.requestId() + " overtakes " + waiting.first().requestId());
    }
    waiting.remove(spec);
    running.add(spec);
    admissionOrder.add(spec.requestId());
    withoutToken.add(spec.requestId());
  }

  @Override
  public void onToken(RequestSpec spec, int index, long sinceNanos) {
    withoutToken.remove(spec.requestId());
  }

  @Override
  public void onPreempted(RequestSpec spec) {
    preemptions++;
    fruitlessAdmissions += withoutToken.contains(spec.requestId()) ? 1 : 0;
    boolean innocentOfFailure = failures > 0;
    if (running.size() > 1 && running.first().equals(spec) && !innocentOfFailure) {
      violations.add(spec.requestId() + " is first and was preempted");
    }
    running.remove(spec);
    waiting.add(spec);
  }

  @Override
  public void onFinished(RequestSpec spec, FinishedEvent finished) {
    waiting.remove(spec);
    running.remove(spec);
  }

  void planned(StepPlan plan) {
    for (NewRequest request : plan.newRequests()) {
      slots.put(request.requestId(), request.slot());
      int generated = request.tokenIds().length - request.promptTokens();
      tokensLeft.computeIfPresent(request.requestId(), (id, left) -> maxTokens(id) - generated);
    }
    if (plan.scheduled().isEmpty() || running.isEmpty()) {
      return;
    }
    String first = running.first().requestId();
    boolean served = false;
    for (ScheduledRequest scheduled : plan.scheduled()) {
      served |= scheduled.slot() == slots.getOrDefault(first, -1);
      if (scheduled.sample()) {
        slots.forEach((id, slot) -> {
          if (slot == scheduled.slot() && isRunning(id)) {
            tokensLeft.merge(id, -1, Integer::sum);
          }
        });
      }
    }
    if (!served && tokensLeft.getOrDefault(first, 0) > 0) {
      violations.add("step " + plan.stepId() + " computes nothing of the first, " + first);
    }
  }

  private boolean isRunning(String id) {
    return running.stream().anyMatch(spec -> spec.requestId().equals(id));
  }

  private int maxTokens(String id) {
    return running.stream()
        .filter(spec -> spec.requestId().equals(id))
        .mapToInt(RequestSpec::maxTokens)
        .sum();
  }

  void executed(StepPlan plan, StepResult result) {
    if (result.failed()) {
      failures++;
    }
  }
}

package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.plan.SwapDecision;
import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.request.RequestSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Watches from outside that who lost its blocks goes on, under the policies that put that first:
 * nobody is chosen to lose them more often than configured, and nobody is admitted while one waits
 * that lost them too long ago and earlier.
 */
final class ResumeWatch {
  private static final Set<PolicyKind> UNGUARDED =
      Set.of(PolicyKind.FCFS, PolicyKind.PRIORITY, PolicyKind.TRACED, PolicyKind.MLFQ);

  private final boolean guarded;
  private final int mostPreemptions;
  private final long waitNanos;
  private final LongSupplier clock;
  private final List<String> violations;
  private final Map<String, Integer> preemptions = new HashMap<>();

  /* When the stall of each began that has one; of those that wait, in the second. */
  private final Map<String, Long> stalled = new HashMap<>();
  private final Map<String, Long> waiting = new HashMap<>();

  ResumeWatch(SchedulerConfig config, LongSupplier clock, List<String> violations) {
    this.guarded = !UNGUARDED.contains(config.policy());
    this.mostPreemptions = config.resumeBound().preemptions();
    this.waitNanos = TimeUnit.MILLISECONDS.toNanos(config.resumeBound().waitMillis());
    this.clock = clock;
    this.violations = violations;
  }

  void lost(RequestSpec spec) {
    String id = spec.requestId();
    waiting.put(id, stalled.computeIfAbsent(id, _ -> clock.getAsLong()));
  }

  /** Overdue loads, too, cost a request its blocks, but for nobody else. */
  void preempted(RequestSpec spec, SwapDecision decision, boolean afterFailure) {
    lost(spec);
    boolean chosen = decision != SwapDecision.RECOMPUTE_OVERDUE && !afterFailure;
    int times = chosen ? preemptions.merge(spec.requestId(), 1, Integer::sum) : 0;
    if (guarded && times > mostPreemptions) {
      violations.add(spec.requestId() + " is preempted for the " + times + "th time");
    }
  }

  void admitted(RequestSpec spec) {
    Long since = waiting.remove(spec.requestId());
    long before = since == null ? Long.MAX_VALUE : since;
    waiting.forEach((id, lost) -> {
      if (guarded && lost < before && clock.getAsLong() - lost >= waitNanos) {
        violations.add(spec.requestId() + " is admitted while " + id + " waits too long");
      }
    });
  }

  /** A running request got a token. */
  void token(RequestSpec spec) {
    stalled.remove(spec.requestId());
  }

  void finished(RequestSpec spec) {
    stalled.remove(spec.requestId());
    waiting.remove(spec.requestId());
  }
}

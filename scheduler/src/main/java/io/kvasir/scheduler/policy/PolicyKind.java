package io.kvasir.scheduler.policy;

import java.util.Locale;

/** The policies there are; what each does is said on its class. */
public enum PolicyKind {
  /** First come, first served. */
  FCFS,
  /** Higher priority first, with ageing. */
  PRIORITY,
  /** Priorities that change by a trace, to exercise preemption. */
  TRACED,
  /** The tenant that was given least first. */
  VTC,
  /** Longest cached prefix, of the tenants that have quantum left. */
  DLPM,
  /** Short ones first, without knowing which: skip-join multi-level feedback queue. */
  MLFQ,
  /** Least slack to the deadline first. */
  SLACK,
  /** Least slack first, of the tenants that have not had too much. */
  FAIR_SLACK;

  /** As on the command line and in metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

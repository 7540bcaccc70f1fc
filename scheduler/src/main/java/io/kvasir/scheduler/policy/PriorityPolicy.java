package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.request.Request;

/**
 * Higher priority first; among equals, first come, first served. A running request is not preempted
 * merely because one of higher priority waits, only when blocks run out; so a low priority is never
 * thrown back for nothing. A stream of higher priorities starves lower ones: that is what a static
 * priority means.
 */
public final class PriorityPolicy implements SchedulingPolicy {

  @Override
  public String name() {
    return "priority";
  }

  @Override
  public int compare(Request a, Request b) {
    int byPriority = Integer.compare(b.spec().priority(), a.spec().priority());
    return byPriority != 0 ? byPriority : Long.compare(a.arrival(), b.arrival());
  }
}

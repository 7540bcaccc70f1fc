package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.request.Request;

/** First come, first served. A preempted request keeps its arrival and so its place. */
public final class FcfsPolicy implements SchedulingPolicy {

  @Override
  public String name() {
    return "fcfs";
  }

  @Override
  public int compare(Request a, Request b) {
    return Long.compare(a.arrival(), b.arrival());
  }
}

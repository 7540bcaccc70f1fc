package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.WaitingQueue;

/**
 * First come, first served. A preempted request keeps its arrival and so its place. Nobody passes,
 * nobody gives way: a request waits for those that arrived before it and for nobody else. Unfair
 * between tenants by design; the baseline of every comparison.
 */
final class FcfsPolicy implements SchedulingPolicy {
  private final HeapQueue waiting = new HeapQueue(Request::arrival);

  @Override
  public String name() {
    return "fcfs";
  }

  @Override
  public WaitingQueue waiting() {
    return waiting;
  }

  @Override
  public long rank(Request request) {
    return request.arrival();
  }

  /** The order is fixed: who arrives later never delays anybody. */
  @Override
  public boolean putsResumesFirst() {
    return false;
  }
}

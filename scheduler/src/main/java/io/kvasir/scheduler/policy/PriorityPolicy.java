package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.WaitingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Higher priority first, and waiting counts: {@code ageMillis} of it are worth one level. Among
 * equals, first come, first served.
 *
 * <p>Everybody ages at the same pace, so the order of two requests never changes and the key is
 * {@code arrival - priority * age}: no timer, no re-sorting. <b>Bound:</b> a request is served
 * before every request of a priority higher by {@code k} that arrives {@code k * ageMillis} or more
 * after it, whatever the load. (Linear ageing as in decay-usage schedulers; with one age for all it
 * is an earliest-deadline order.)
 *
 * <p>A running request gives way to a waiting one that is before it in this order and whose
 * priority is higher by at least {@code gap}: at the cap on running requests and in memory, the
 * lower never keeps the higher out. The order is total and fixed, so nobody is thrown out in turns.
 * Nobody passes the head, for the same reason.
 */
final class PriorityPolicy implements SchedulingPolicy {
  private static final int MOST = 100_000;

  private final long ageNanos;
  private final int gap;
  private final HeapQueue waiting = new HeapQueue(this::rank);

  /**
   * The policy.
   *
   * @param ageMillis what one level is worth
   * @param gap levels by which the waiting one must be higher, at least 1
   */
  PriorityPolicy(long ageMillis, int gap) {
    this.ageNanos = TimeUnit.MILLISECONDS.toNanos(ageMillis);
    this.gap = gap;
  }

  @Override
  public String name() {
    return "priority";
  }

  @Override
  public WaitingQueue waiting() {
    return waiting;
  }

  @Override
  public long rank(Request request) {
    int priority = Math.clamp(request.spec().priority(), -MOST, MOST);
    return request.spec().arrivalNanos() - priority * ageNanos;
  }

  /** The order is fixed, and bounds the wait by priority and age. */
  @Override
  public boolean putsResumesFirst() {
    return false;
  }

  @Override
  public boolean givesWay(Request running, Request head, long now) {
    return head.spec().priority() - running.spec().priority() >= gap && rank(head) < rank(running);
  }
}

package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.request.Request;
import java.util.Comparator;

/**
 * Orders requests: who comes first is served first and preempted last. A total order over the
 * requests in the system that never answers 0 for two of them, and that does not change while both
 * are in the system: the queues are kept sorted by it. Confined to the scheduler loop.
 *
 * <p>The planner serves strictly in this order. In particular nobody is admitted while somebody
 * before it waits, even if there is room for the later and not for the earlier one: every block
 * that frees up is thereby kept for the earlier one, which cannot starve. What that costs is
 * throughput while a large request at the head waits for room.
 */
public interface SchedulingPolicy extends Comparator<Request> {

  /** Its name in configuration and metrics. */
  String name();

  /** Negative if {@code a} is served before {@code b}. */
  @Override
  int compare(Request a, Request b);
}

package io.kvasir.scheduler.request;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every request in the system: by id, and in exactly one of two queues, running or waiting (which
 * includes the preempted ones). Confined to the scheduler loop.
 */
public final class RequestTable {
  private final Comparator<Request> order;
  private final Map<String, Request> byId = new LinkedHashMap<>();
  private final RequestQueue running;
  private final RequestQueue waiting;

  /* No request's deadline is earlier; it may be that of one that has left. */
  private long earliestDeadlineNanos = Long.MAX_VALUE;

  /**
   * @param order of both queues; see {@link RequestQueue}
   */
  public RequestTable(Comparator<Request> order) {
    this.order = order;
    running = new RequestQueue(order);
    waiting = new RequestQueue(order);
  }

  /** Takes a new request into the waiting ones. */
  public void add(Request request) {
    if (byId.putIfAbsent(request.spec().requestId(), request) != null) {
      throw new IllegalStateException("request id is in use: " + request.spec().requestId());
    }
    waiting.add(request);
    earliestDeadlineNanos = Math.min(earliestDeadlineNanos, request.spec().deadlineNanos());
  }

  /** Moves a waiting request to the running ones. */
  public void toRunning(Request request) {
    waiting.remove(request);
    running.add(request);
  }

  /** Moves a running request to the waiting ones. */
  public void toWaiting(Request request) {
    running.remove(request);
    waiting.add(request);
  }

  /** Forgets a request. To be called before it becomes FINISHED. */
  public void remove(Request request) {
    (request.state() == RequestState.RUNNING ? running : waiting).remove(request);
    byId.remove(request.spec().requestId());
  }

  public @Nullable Request find(String requestId) {
    return byId.get(requestId);
  }

  public int size() {
    return byId.size();
  }

  /** Requests with blocks. */
  public RequestQueue running() {
    return running;
  }

  /** Requests without blocks. */
  public RequestQueue waiting() {
    return waiting;
  }

  /** The first of all in the order of the queues; null if there is none. */
  public @Nullable Request first() {
    if (running.isEmpty() || waiting.isEmpty()) {
      return running.isEmpty() ? waiting.firstOrNull() : running.first();
    }
    return order.compare(waiting.first(), running.first()) < 0 ? waiting.first() : running.first();
  }

  /** All of them in the order of arrival; a copy. */
  public List<Request> all() {
    return new ArrayList<>(byId.values());
  }

  /** A time before which no deadline passes, nanoseconds. */
  public long earliestDeadlineNanos() {
    return earliestDeadlineNanos;
  }

  /** Requests whose deadline has passed. Looks at every request only if one may have. */
  public List<Request> expired(long now) {
    if (now < earliestDeadlineNanos) {
      return List.of();
    }
    List<Request> expired = new ArrayList<>();
    long earliest = Long.MAX_VALUE;
    for (Request request : byId.values()) {
      long deadline = request.spec().deadlineNanos();
      if (deadline <= now) {
        expired.add(request);
      } else {
        earliest = Math.min(earliest, deadline);
      }
    }
    earliestDeadlineNanos = earliest;
    return expired;
  }
}

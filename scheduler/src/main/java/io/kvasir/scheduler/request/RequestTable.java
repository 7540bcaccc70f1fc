package io.kvasir.scheduler.request;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every request in the system: by id, and in exactly one of two queues, running or waiting (which
 * includes the preempted ones). Confined to the scheduler loop.
 */
public final class RequestTable {
  private final RunningOrder order;
  private final QueueListener listener;
  private final Map<String, Request> byId = new LinkedHashMap<>();
  private final RequestQueue running;
  private final WaitingQueue waiting;
  private final ResumeOrder resumes = new ResumeOrder();

  /* No request's deadline is earlier; it may be that of one that has left. */
  private long earliestDeadlineNanos = Long.MAX_VALUE;

  /**
   * An empty table.
   *
   * @param waiting an empty queue, from now on used by the table only
   * @param order of the running ones
   * @param listener hears of requests that change queues
   */
  public RequestTable(WaitingQueue waiting, RunningOrder order, QueueListener listener) {
    this.waiting = waiting;
    this.order = order;
    this.listener = listener;
    running = new RequestQueue(order);
  }

  /** Takes a new request into the waiting ones. */
  public void add(Request request) {
    if (byId.putIfAbsent(request.spec().requestId(), request) != null) {
      throw new IllegalStateException("request id is in use: " + request.spec().requestId());
    }
    listener.waits(request);
    waiting.add(request);
    earliestDeadlineNanos = Math.min(earliestDeadlineNanos, request.spec().deadlineNanos());
  }

  /** Moves a waiting request to the running ones. */
  public void toRunning(Request request) {
    waiting.remove(request);
    resumes.remove(request);
    listener.runs(request);
    running.add(request);
  }

  /** Moves a running request to the waiting ones. */
  public void toWaiting(Request request, long now) {
    running.remove(request);
    listener.waits(request);
    waiting.add(request);
    resumes.add(request, request.times().stalledSince(now));
  }

  /** Forgets a request. To be called before it becomes FINISHED. */
  public void remove(Request request) {
    if (request.state() == RequestState.RUNNING) {
      running.remove(request);
    } else {
      waiting.remove(request);
      resumes.remove(request);
    }
    listener.left(request);
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
  public WaitingQueue waiting() {
    return waiting;
  }

  /** Of the waiting ones, those that ran before. */
  public ResumeOrder resumes() {
    return resumes;
  }

  /**
   * Who is served first, of the running ones and the one to be admitted next; null if there is
   * none.
   */
  public @Nullable Request first(@Nullable Request head) {
    if (running.isEmpty()) {
      return head;
    }
    return head != null && order.rank(head) < running.rank(0) ? head : running.first();
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

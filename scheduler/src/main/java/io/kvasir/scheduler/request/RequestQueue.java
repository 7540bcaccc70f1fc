package io.kvasir.scheduler.request;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The requests that run, sorted by rank in one array. Ranks are computed when a request is added
 * and when the queue is told to, once per step: then what is nearly sorted is sorted again by
 * insertion. Reading is free of searching and sorting. Confined to the scheduler loop.
 */
public final class RequestQueue {
  private static final int MIN_CAPACITY = 16;

  private final RunningOrder order;
  private @Nullable Request[] requests = new Request[MIN_CAPACITY];
  private long[] ranks = new long[MIN_CAPACITY];
  private int size;

  /**
   * @param order ranks the requests
   */
  public RequestQueue(RunningOrder order) {
    this.order = order;
  }

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** The {@code i}-th in order, from 0. */
  public Request get(int i) {
    Request request = i < size ? requests[i] : null;
    if (request == null) {
      throw new IndexOutOfBoundsException("request " + i + " of " + size);
    }
    return request;
  }

  /** The rank that the {@code i}-th had when it was computed last. */
  public long rank(int i) {
    return ranks[i];
  }

  public Request first() {
    return get(0);
  }

  /** Puts a request at its place. */
  public void add(Request request) {
    if (size == requests.length) {
      requests = Arrays.copyOf(requests, 2 * size);
      ranks = Arrays.copyOf(ranks, 2 * size);
    }
    size++;
    insert(request, order.rank(request), size - 1);
  }

  /**
   * Takes a request out.
   *
   * @throws IllegalStateException if it is not here
   */
  public void remove(Request request) {
    int at = request.place().running();
    if (at < 0 || at >= size || requests[at] != request) {
      throw new IllegalStateException("not in the queue: " + request);
    }
    for (int i = at + 1; i < size; i++) {
      put(get(i), ranks[i], i - 1);
    }
    request.place().leaveRunning();
    size--;
    requests[size] = null;
  }

  /** Ranks every request again and restores the order. */
  public void rank() {
    for (int i = 0; i < size; i++) {
      Request request = get(i);
      insert(request, order.rank(request), i);
    }
  }

  /* The places before it are sorted, and it is free: moves what comes later. */
  private void insert(Request request, long rank, int from) {
    int at = from;
    while (at > 0 && precedes(rank, request.arrival(), at - 1)) {
      put(get(at - 1), ranks[at - 1], at);
      at--;
    }
    put(request, rank, at);
  }

  private boolean precedes(long rank, long arrival, int i) {
    return rank != ranks[i] ? rank < ranks[i] : arrival < get(i).arrival();
  }

  private void put(Request request, long rank, int at) {
    requests[at] = request;
    ranks[at] = rank;
    request.place().setRunning(at);
  }

  /** Whether the {@code i}-th is before the one after it, and knows its place. */
  public boolean inPlace(int i) {
    boolean ordered = i + 1 == size || !precedes(ranks[i + 1], get(i + 1).arrival(), i);
    return ordered && get(i).place().running() == i;
  }
}

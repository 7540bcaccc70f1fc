package io.kvasir.scheduler.request;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Requests in a fixed order, in one array. Reading is free of searching and sorting; adding and
 * removing search by halving and move what follows. Confined to the scheduler loop.
 */
public final class RequestQueue {
  private static final int MIN_CAPACITY = 16;

  private final Comparator<Request> order;
  private @Nullable Request[] requests = new Request[MIN_CAPACITY];
  private int size;

  /**
   * @param order total and unchanging; never 0 for two requests
   */
  public RequestQueue(Comparator<Request> order) {
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

  public Request first() {
    return get(0);
  }

  /** The first, or null if there is none. */
  @Nullable Request firstOrNull() {
    return size == 0 ? null : requests[0];
  }

  public Request last() {
    return get(size - 1);
  }

  /** Puts a request at its place. */
  public void add(Request request) {
    if (size == requests.length) {
      requests = Arrays.copyOf(requests, 2 * size);
    }
    int at = placeOf(request);
    System.arraycopy(requests, at, requests, at + 1, size - at);
    requests[at] = request;
    size++;
  }

  /**
   * Takes a request out.
   *
   * @throws IllegalStateException if it is not here
   */
  public void remove(Request request) {
    int at = placeOf(request);
    if (at == size || requests[at] != request) {
      throw new IllegalStateException("not in the queue: " + request);
    }
    size--;
    System.arraycopy(requests, at + 1, requests, at, size - at);
    requests[size] = null;
  }

  /** Index of the first request that is not before {@code request}. */
  private int placeOf(Request request) {
    // Most come last: new arrivals, and the victims of preemption.
    if (size == 0 || order.compare(last(), request) < 0) {
      return size;
    }
    int low = 0;
    int high = size - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (order.compare(get(middle), request) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.WaitingQueue;
import io.kvasir.scheduler.tenant.Tenant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** All waiting requests in one heap, by a key; among equals, by arrival. */
final class HeapQueue implements WaitingQueue {
  private final IndexedHeap<Ticket> heap = new IndexedHeap<>(0);
  private final ToLongFunction<Request> key;
  private final ToLongFunction<Ticket> keyOfTicket;

  /**
   * An empty queue.
   *
   * @param key the smaller, the earlier
   */
  HeapQueue(ToLongFunction<Request> key) {
    this.key = key;
    this.keyOfTicket = ticket -> key.applyAsLong(ticket.request);
  }

  @Override
  public void add(Request request) {
    heap.add(Ticket.of(request), key.applyAsLong(request), request.arrival());
  }

  @Override
  public void remove(Request request) {
    heap.remove(Ticket.of(request));
  }

  /** Every key may have changed. */
  void rekey() {
    heap.rekey(keyOfTicket);
  }

  @Override
  public int size() {
    return heap.size();
  }

  @Override
  public @Nullable Request head(long now) {
    return heap.isEmpty() ? null : heap.first().request;
  }

  @Override
  public @Nullable Request headBut(Predicate<Request> stepsAside, long now) {
    List<Ticket> aside = new ArrayList<>();
    Set<Tenant> tenants = new HashSet<>();
    Request head = head(now);
    while (head != null && (tenants.contains(head.tenant()) || stepsAside.test(head))) {
      tenants.add(head.tenant());
      aside.add(heap.first());
      heap.remove(heap.first());
      head = head(now);
    }
    aside.forEach(
        ticket -> heap.add(ticket, key.applyAsLong(ticket.request), ticket.request.arrival()));
    return head;
  }

  @Override
  public @Nullable Request runnerUp(long now) {
    Ticket second = heap.second();
    return second == null ? null : second.request;
  }

  @Override
  public void forEach(Consumer<Request> action) {
    for (int i = 0; i < heap.size(); i++) {
      action.accept(heap.get(i).request);
    }
  }

  @Override
  public List<String> violations() {
    return heap.holds() ? List.of() : List.of("waiting requests are out of order");
  }
}

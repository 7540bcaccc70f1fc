package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.WaitingQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Waiting requests by tenant. Tenants whose counter is within the rule's limit are open; of their
 * first requests the one with the smallest key is the head. The others are barred until the limit
 * comes up to them.
 *
 * <pre>
 *   tenant   → heap of its requests, by key
 *   open     → heap of tenants, by the key of their first request
 *   barred   → heap of tenants, by counter
 * </pre>
 *
 * <p>Who is open is only looked at where it matters: a barred tenant when it is the first of the
 * barred, an open one when it is the first of the open. Each such move pays for one charge or one
 * rise of the limit, so a call costs O(log n) spread over the calls.
 */
final class TenantQueues implements WaitingQueue, AccountListener {
  private final ServiceAccounts accounts;
  private final TenantRule rule;
  private final IndexedHeap<TenantAccount> open = new IndexedHeap<>(1);
  private final IndexedHeap<TenantAccount> barred = new IndexedHeap<>(1);
  private int size;

  TenantQueues(ServiceAccounts accounts, TenantRule rule) {
    this.accounts = accounts;
    this.rule = rule;
  }

  @Override
  public void add(Request request) {
    Ticket ticket = Ticket.of(request);
    TenantAccount account = ticket.account;
    account.requests.add(ticket, rule.key(ticket), request.arrival());
    size++;
    if (account.requests.size() == 1) {
      bar(account);
    } else {
      firstMayHaveChanged(account);
    }
  }

  @Override
  public void remove(Request request) {
    Ticket ticket = Ticket.of(request);
    TenantAccount account = ticket.account;
    account.requests.remove(ticket);
    size--;
    if (!account.requests.isEmpty()) {
      firstMayHaveChanged(account);
    } else if (account.barred) {
      barred.remove(account);
      account.barred = false;
    } else {
      open.remove(account);
    }
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public @Nullable Request head(long now) {
    if (size == 0) {
      return null;
    }
    double limit = rule.limit(accounts.leastCounter());
    while (true) {
      while (!barred.isEmpty() && barred.first().counter <= limit) {
        open(barred.first());
      }
      if (open.isEmpty()) {
        // Those that had least wait outside, for their quota: the least of the others counts.
        limit = barred.first().counter;
        continue;
      }
      TenantAccount first = open.first();
      if (first.counter > limit) {
        open.remove(first);
        bar(first);
        continue;
      }
      long key = settledKey(first, now);
      if (key == open.firstKey()) {
        return first.requests.first().request;
      }
      firstMayHaveChanged(first);
    }
  }

  @Override
  public @Nullable Request headBut(Predicate<Request> stepsAside, long now) {
    List<TenantAccount> aside = new ArrayList<>();
    int all = size;
    Request head = head(now);
    while (head != null && stepsAside.test(head)) {
      TenantAccount account = Ticket.of(head).account;
      open.remove(account);
      size -= account.requests.size();
      aside.add(account);
      head = head(now);
    }
    aside.forEach(this::bar);
    size = all;
    return head;
  }

  @Override
  public @Nullable Request runnerUp(long now) {
    if (size < 2) {
      return null;
    }
    // Who was put back since the head was asked for is barred until then.
    head(now);
    TenantAccount first = open.first();
    TenantAccount next = open.second();
    Ticket own = first.requests.second();
    boolean nextMay = next != null && next.counter <= rule.limit(accounts.leastCounter());
    if (next == null || !nextMay) {
      return own == null ? null : own.request;
    }
    if (own == null || open.keyOf(next) < first.requests.keyOf(own)) {
      return next.requests.first().request;
    }
    return own.request;
  }

  @Override
  public void charged(TenantAccount account) {
    if (account.barred) {
      barred.update(account, account.counterKey());
    }
  }

  @Override
  public void forEach(Consumer<Request> action) {
    forEach(open, action);
    forEach(barred, action);
  }

  @Override
  public List<String> violations() {
    List<String> violations = new ArrayList<>();
    if (!open.holds() || !barred.holds()) {
      violations.add("tenants are out of order");
    }
    int counted = 0;
    for (int i = 0; i < open.size() + barred.size(); i++) {
      boolean isOpen = i < open.size();
      TenantAccount account = isOpen ? open.get(i) : barred.get(i - open.size());
      counted += account.requests.size();
      boolean fits =
          account.barred != isOpen
              && account.requests.holds()
              && account.requests.size() == account.waiting
              && (isOpen
                  ? open.keyOf(account) == account.requests.firstKey()
                  : barred.keyOf(account) == account.counterKey());
      if (!fits) {
        violations.add("contradicts itself: " + account);
      }
    }
    if (counted != size) {
      violations.add(counted + " requests of tenants, " + size + " in all");
    }
    return violations;
  }

  private static void forEach(IndexedHeap<TenantAccount> tenants, Consumer<Request> action) {
    for (int i = 0; i < tenants.size(); i++) {
      IndexedHeap<Ticket> requests = tenants.get(i).requests;
      for (int r = 0; r < requests.size(); r++) {
        action.accept(requests.get(r).request);
      }
    }
  }

  private void firstMayHaveChanged(TenantAccount account) {
    if (!account.barred) {
      IndexedHeap<Ticket> requests = account.requests;
      open.update(account, requests.firstKey(), requests.first().request.arrival());
    }
  }

  private void bar(TenantAccount account) {
    account.barred = true;
    barred.add(account, account.counterKey(), account.number);
  }

  private void open(TenantAccount account) {
    barred.remove(account);
    account.barred = false;
    Ticket first = account.requests.first();
    open.add(account, account.requests.firstKey(), first.request.arrival());
  }

  /* Gives the tenant's first requests the keys they have by now, until the first one stays. */
  private long settledKey(TenantAccount account, long now) {
    while (true) {
      Ticket first = account.requests.first();
      long key = account.requests.firstKey();
      long keyNow = rule.keyNow(first, key, now);
      if (keyNow == key) {
        return key;
      }
      account.requests.update(first, keyNow);
    }
  }
}

package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.request.QueueListener;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What every tenant was given: the same books under every policy. Confined to the scheduler loop;
 * allocates only for new tenants and requests.
 *
 * <p><b>Service</b> is counted in weighted tokens: prompt tokens computed and tokens generated.
 * Tokens that a cache or a tier had, and tokens computed again after a preemption or a lost worker,
 * cost nothing. KV held and moved costs what {@link MemoryWeights} says, nothing by default.
 *
 * <p>The <b>counter</b> of a tenant is its service by its weight, and differs from that in three
 * ways (VTC, "Fairness in Serving Large Language Models", OSDI'24, algorithm 2):
 *
 * <ul>
 *   <li>A prompt is charged when it is admitted, not when it is computed. What turns out not to be
 *       needed, because a tier had it or the request ended, is given back; what is in flight then
 *       is not.
 *   <li>A tenant that begins to wait is lifted to the smallest counter of those that wait, so that
 *       nobody saves up service by staying away.
 *   <li>If nobody waits, it is lifted to the counter of the tenant that was last to wait, so that a
 *       moment without a queue does not wipe out what one owes the other.
 * </ul>
 *
 * <p>One thing differs from the paper. There a tenant is lifted whenever its queue was empty, even
 * if all it had sent runs, and loses what the others were charged at once before: their last
 * prompt. A tenant that sends a few requests at a time and has them all admitted was so never given
 * what a long prompt had cost it. Here a tenant with running requests is lifted to the <b>latest
 * start</b> at most, the largest counter that any tenant was admitted a request with, as in
 * start-time fair queueing ("Start-time Fair Queuing", SIGCOMM'96). The bounds stay; see ADR 0011.
 *
 * <p>A policy may {@link #lend} some of what a tenant left unused: then it is lifted so much less,
 * and goes first until that is used up.
 *
 * <p>Tenants that have nothing in the system are forgotten now and then, as {@link TenantAccounts}
 * says, so the memory needed is bounded, whatever names clients invent.
 */
public final class ServiceAccounts implements QueueListener {
  private final ServiceWeights weights;
  private final TenantAccounts accounts = new TenantAccounts();
  private final IndexedHeap<TenantAccount> waiting = new IndexedHeap<>(0);
  private AccountListener listener = AccountListener.NONE;
  private @Nullable TenantAccount lastToWait;
  private double latestStart;
  private double credit;
  private int preempted;
  private int running;
  private long nowNanos;

  /** Empty books. */
  public ServiceAccounts(ServiceWeights weights) {
    this.weights = weights;
  }

  /** Tells a policy of every charge from now on. */
  void tell(AccountListener policy) {
    listener = policy;
  }

  /** From now on tenants are lifted so much less; 0 before. In service by weight. */
  void lend(double most) {
    credit = most;
  }

  /** What service costs. */
  public ServiceWeights weights() {
    return weights;
  }

  /** A step begins: what happens until the next one happens now. */
  public void stepBegins(long now) {
    nowNanos = now;
  }

  @Override
  public void waits(Request request) {
    if (request.place().standing() == null) {
      request.place().setStanding(new Ticket(request, account(request)));
    }
    TenantAccount account = Ticket.of(request).account;
    double least = account.running > 0 ? Math.min(liftLevel(), latestStart) : liftLevel();
    if (request.admissions() > 0) {
      account.running--;
      running--;
      preempted++;
    }
    if (account.waiting++ == 0) {
      account.counter = Math.max(account.counter, lifted(least));
      waiting.add(account, account.counterKey(), account.number);
      listener.charged(account);
    }
  }

  @Override
  public void runs(Request request) {
    TenantAccount account = Ticket.of(request).account;
    account.running++;
    running++;
    stopsWaiting(request, account);
  }

  /**
   * A request was admitted. At its first admission the prompt tokens that no cache holds are
   * charged.
   */
  public void admitted(Request request) {
    if (request.admissions() > 1) {
      return;
    }
    Ticket ticket = Ticket.of(request);
    TenantAccount account = ticket.account;
    account.admitted++;
    account.waitedNanos += Math.max(0, nowNanos - request.spec().arrivalNanos());
    latestStart = Math.max(latestStart, account.counter);
    ticket.inputDue = weights.input() * (request.promptTokens() - request.computedTokens());
    ticket.dueWeight = account.weight();
    charge(account, ticket.inputDue);
  }

  /**
   * A step did something for a request.
   *
   * @param inputTokens prompt tokens that were computed for the first time
   * @param outputTokens tokens that were generated
   * @return the service that is, in weighted tokens
   */
  public double served(Request request, int inputTokens, int outputTokens) {
    Ticket ticket = Ticket.of(request);
    double input = weights.input() * inputTokens;
    double output = weights.output() * outputTokens;
    double paid = Math.min(ticket.inputDue, input);
    ticket.inputDue -= paid;
    double owed = input - paid + output;
    if (outputTokens > 0) {
      // The prompt is complete; what was not computed came from a tier.
      owed -= takeBack(ticket);
    }
    ticket.account.service += input + output;
    if (owed != 0) {
      charge(ticket.account, owed);
    }
    listener.served(request, input + output);
    return input + output;
  }

  /**
   * KV of a tenant was held or moved.
   *
   * @param service what that costs
   * @return false if the tenant has no account: it has nothing in the system, and nobody misses it
   */
  public boolean memory(String tenant, double service) {
    TenantAccount account = accounts.find(tenant);
    if (account == null) {
      return false;
    }
    if (service > 0) {
      account.service += service;
      charge(account, service);
    }
    return true;
  }

  /**
   * The service that is in flight for a request, computed for the first time. Its tenant is charged
   * for it also if the request ends before.
   */
  public double inFlight(Request request) {
    return inputInFlight(request) + weights.output() * request.samplesInFlight();
  }

  private double inputInFlight(Request request) {
    int planned = Math.min(request.plannedTokens(), request.promptTokens());
    double input = weights.input() * Math.max(0, planned - request.mostComputedTokens());
    return Math.min(Ticket.of(request).inputDue, input);
  }

  @Override
  public void left(Request request) {
    Ticket ticket = Ticket.of(request);
    TenantAccount account = ticket.account;
    double output = weights.output() * request.samplesInFlight();
    double input = inputInFlight(request);
    account.service += input + output;
    // It was charged ahead and stays so.
    ticket.inputDue -= input;
    if (request.state() == RequestState.RUNNING) {
      account.running--;
      running--;
    } else {
      stopsWaiting(request, account);
    }
    double owed = output - takeBack(ticket);
    if (owed != 0) {
      charge(account, owed);
    }
  }

  /** Requests that wait and ran before. */
  public int preemptedRequests() {
    return preempted;
  }

  /** Whether all requests that run and wait are those of one tenant. */
  boolean alone(TenantAccount account) {
    return account.running == running && waiting.size() == (account.waiting > 0 ? 1 : 0);
  }

  /** The smallest counter of the tenants that wait; infinite if none does. */
  double leastCounter() {
    return waiting.isEmpty() ? Double.POSITIVE_INFINITY : waiting.first().counter;
  }

  /** Names the tenants that wait, in no order. */
  public void forEachWaiting(Consumer<String> action) {
    for (int i = 0; i < waiting.size(); i++) {
      action.accept(waiting.get(i).tenant.id());
    }
  }

  /** One sentence per contradiction; empty if there is none. */
  public List<String> violations() {
    List<String> violations = new ArrayList<>();
    if (!waiting.holds()) {
      violations.add("tenants that wait are out of order");
    }
    for (TenantAccount account : accounts.all()) {
      boolean fits =
          account.waiting >= 0
              && account.running >= 0
              && account.counter >= 0
              && waiting.contains(account) == account.waiting > 0
              && (account.waiting == 0 || waiting.keyOf(account) == account.counterKey());
      if (!fits) {
        violations.add("contradicts itself: " + account);
      }
    }
    return violations;
  }

  /** Up to {@code most} tenants, those at work first. */
  public List<TenantService> snapshot(int most) {
    return accounts.snapshot(most);
  }

  private double liftLevel() {
    if (!waiting.isEmpty()) {
      return waiting.first().counter;
    }
    return lastToWait == null ? 0 : lastToWait.counter;
  }

  /* The credit counts from the latest start: or each newcomer would lend the next one more. */
  private double lifted(double level) {
    return Math.min(level, Math.max(level, latestStart) - credit);
  }

  private void stopsWaiting(Request request, TenantAccount account) {
    preempted -= request.admissions() > 0 ? 1 : 0;
    if (--account.waiting == 0) {
      waiting.remove(account);
      lastToWait = account;
    }
  }

  /* What was charged ahead and was not needed, worth what it was charged by the weight of then. */
  private static double takeBack(Ticket ticket) {
    double unused = ticket.inputDue * (ticket.account.weight() / ticket.dueWeight);
    ticket.inputDue = 0;
    return unused;
  }

  private void charge(TenantAccount account, double service) {
    account.counter = Math.max(0, account.counter + service / account.weight());
    if (account.waiting > 0) {
      waiting.update(account, account.counterKey());
    }
    listener.charged(account);
  }

  private TenantAccount account(Request request) {
    TenantAccount known = accounts.find(request.tenant().id());
    if (known != null) {
      known.tenant = request.tenant();
      return known;
    }
    if (accounts.full()) {
      accounts.forget(lifted(liftLevel()), lastToWait);
    }
    return accounts.open(request.tenant());
  }
}

package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.WaitingQueue;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Skip-join multi-level feedback queue (FastServe, arXiv 2305.05920): a request joins the first
 * level whose quantum covers its prompt, goes down a level when it has used its quantum up, and
 * gives way to whoever waits at a higher level. Quanta double from level to level; within a level,
 * first come, first served. Serves short answers first without knowing their length.
 *
 * <p>The quantum is counted in service instead of time, so that it is the same on every machine.
 *
 * <p><b>Bound:</b> a request that has waited for {@code starveMillis} is put into the first level.
 * From then on it waits only for requests of that level that arrived before it, whatever arrives
 * later: its wait is at most {@code starveMillis} and the time in which those leave the level, at
 * most a quantum of service each.
 */
final class MlfqPolicy implements SchedulingPolicy, WaitingQueue, AccountListener {
  /** Levels; the quantum of the last one is 2^11 of the first and never used up. */
  static final int LEVELS = 12;

  private static final int LEVEL_SHIFT = 56;

  private final ServiceAccounts accounts;
  private final double quantum;
  private final long starveNanos;
  private final HeapQueue byLevel = new HeapQueue(this::rank);
  private final IndexedHeap<Ticket> bySince = new IndexedHeap<>(1);
  private long nowNanos;

  MlfqPolicy(ServiceAccounts accounts, double quantum, long starveMillis) {
    this.accounts = accounts;
    this.quantum = quantum;
    this.starveNanos = TimeUnit.MILLISECONDS.toNanos(starveMillis);
    accounts.tell(this);
  }

  @Override
  public String name() {
    return "mlfq";
  }

  @Override
  public WaitingQueue waiting() {
    return this;
  }

  @Override
  public void stepBegins(long step, long now, double nanosPerToken) {
    nowNanos = now;
  }

  @Override
  public long rank(Request request) {
    return ((long) Ticket.of(request).level << LEVEL_SHIFT) | request.arrival();
  }

  /** Within a level nobody is worth more. */
  @Override
  public boolean interchangeable(Request earlier, Request later) {
    return Ticket.of(earlier).level == Ticket.of(later).level;
  }

  /** A starving request comes into the first level by itself. */
  @Override
  public boolean putsResumesFirst() {
    return false;
  }

  @Override
  public boolean givesWay(Request running, Request head, long now) {
    return Ticket.of(head).level < Ticket.of(running).level;
  }

  @Override
  public void served(Request request, double service) {
    Ticket ticket = Ticket.of(request);
    ticket.usedInLevel += service;
    // A request that waits keeps its level: its queue is sorted by it.
    boolean waits = bySince.contains(ticket);
    if (!waits && ticket.usedInLevel >= quantumOf(ticket.level) && ticket.level < LEVELS - 1) {
      ticket.level++;
      ticket.usedInLevel = 0;
    }
  }

  @Override
  public void add(Request request) {
    Ticket ticket = Ticket.of(request);
    boolean fresh = request.admissions() == 0;
    if (fresh) {
      double prompt = accounts.weights().input() * request.promptTokens();
      while (ticket.level < LEVELS - 1 && quantumOf(ticket.level) < prompt) {
        ticket.level++;
      }
    }
    byLevel.add(request);
    long since = fresh ? request.spec().arrivalNanos() : nowNanos;
    bySince.add(ticket, since, request.arrival());
  }

  @Override
  public void remove(Request request) {
    byLevel.remove(request);
    bySince.remove(Ticket.of(request));
  }

  @Override
  public int size() {
    return byLevel.size();
  }

  @Override
  public @Nullable Request head(long now) {
    while (!bySince.isEmpty() && bySince.firstKey() <= now - starveNanos) {
      Ticket starving = bySince.first();
      bySince.update(starving, Long.MAX_VALUE);
      byLevel.remove(starving.request);
      starving.level = 0;
      starving.usedInLevel = 0;
      byLevel.add(starving.request);
    }
    return byLevel.head(now);
  }

  @Override
  public @Nullable Request headBut(Predicate<Request> stepsAside, long now) {
    return head(now) == null ? null : byLevel.headBut(stepsAside, now);
  }

  @Override
  public @Nullable Request runnerUp(long now) {
    return byLevel.runnerUp(now);
  }

  @Override
  public void forEach(Consumer<Request> action) {
    byLevel.forEach(action);
  }

  @Override
  public List<String> violations() {
    boolean holds = bySince.holds() && bySince.size() == byLevel.size();
    return holds ? byLevel.violations() : List.of("starving requests are out of order");
  }

  private double quantumOf(int level) {
    return quantum * (1L << level);
  }
}

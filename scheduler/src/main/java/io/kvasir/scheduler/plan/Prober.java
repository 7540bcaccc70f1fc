package io.kvasir.scheduler.plan;

import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.residency.Probe;
import io.kvasir.kvpool.residency.Probes;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestProbe;
import org.jspecify.annotations.Nullable;

/**
 * Asks a server that instances share for the blocks of the next requests to be admitted that
 * neither arena nor tiers know. An admission waits for the answer for a bounded time. While a
 * question that begins with the same block is under way none is asked; if it is for the same
 * blocks, its answer is enough.
 *
 * <p>A server that does not answer in time, or is not there, is left alone for a second, and for as
 * long as its answer is outstanding: meanwhile nobody asks and nobody waits. Confined to the
 * scheduler loop.
 */
public final class Prober {
  private static final long REST_NANOS = 1_000_000_000L;
  private static final long NOBODY = Long.MAX_VALUE;

  private final KvMemory memory;
  private final Probes probes;
  private final long waitNanos;
  private long restUntilNanos = Long.MIN_VALUE;
  private @Nullable Probe late;
  private long heldUntilNanos = NOBODY;
  private long asked;
  private long timeouts;
  private long failures;

  Prober(KvMemory memory, long waitNanos) {
    this.memory = memory;
    this.probes = memory.pool().residency().probes();
    this.waitNanos = waitNanos;
  }

  /** A step begins. */
  void begin() {
    heldUntilNanos = NOBODY;
  }

  /**
   * Asks what is to be asked for a waiting request that is admitted soon, and takes note of
   * answers.
   *
   * @param first whether it is the next one: it may be lent blocks
   */
  void look(Request request, boolean first, long now) {
    if (waitNanos == 0 || !probes.possible() || !memory.prefixCaching()) {
      return;
    }
    RequestProbe probe = request.swap().probe();
    noteAnswer(probe, now);
    if (!probe.over() && probe.awaited() == null && !rests(now)) {
      ask(request, first, now);
    }
  }

  private void noteAnswer(RequestProbe probe, long now) {
    Probe awaited = probe.awaited();
    if (awaited == null || !awaited.answered()) {
      return;
    }
    if (awaited.failed() && !rests(now)) {
      failures++;
      restUntilNanos = now + REST_NANOS;
    }
    if (awaited.failed() || probe.complete() || awaited.found() == 0) {
      probe.end();
    } else {
      probe.again();
    }
  }

  private boolean rests(long now) {
    return now < restUntilNanos || (late != null && !late.answered());
  }

  private void ask(Request request, boolean first, long now) {
    HashChain chain = memory.chain(request, first);
    int to = (request.tokenCount() - 1) / memory.blockTokens();
    int from = probes.firstUnknown(chain, to);
    if (from == to || !probes.possible(chain)) {
      request.swap().probe().end();
      return;
    }
    Probe probe = probes.underWay(chain, from);
    if (probe == null) {
      probe = probes.ask(chain, from, to);
      asked++;
    }
    boolean complete = probe.endsWith(chain.hi(to - 1), chain.lo(to - 1));
    request.swap().probe().await(probe, complete, now);
  }

  /** Whether the first waiting request still waits for an answer. */
  boolean holdsBack(Request first, long now) {
    RequestProbe probe = first.swap().probe();
    Probe awaited = probe.awaited();
    if (awaited == null || awaited.answered()) {
      return false;
    }
    long until = probe.sinceNanos() + waitNanos;
    if (now < until) {
      heldUntilNanos = until;
      return true;
    }
    timeouts++;
    late = awaited;
    restUntilNanos = now + REST_NANOS;
    probe.end();
    return false;
  }

  /** When the first waiting request stops waiting, nanoseconds; the largest long if none waits. */
  public long heldUntilNanos() {
    return heldUntilNanos;
  }

  /** Questions asked. */
  public long asked() {
    return asked;
  }

  /** Blocks that were found on the server and known nowhere here. */
  public long foundBlocks() {
    return probes.foundBlocks();
  }

  /** Admissions that waited in vain. */
  public long timeouts() {
    return timeouts;
  }

  /** Answers that the server was not there. */
  public long failures() {
    return failures;
  }
}

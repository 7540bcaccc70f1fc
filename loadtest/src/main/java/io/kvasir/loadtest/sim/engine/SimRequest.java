package io.kvasir.loadtest.sim.engine;

import io.kvasir.loadtest.workload.Segment;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.RequestListener;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.worker.step.TokenScore;
import java.util.List;

/** A request in the simulated system, and what was measured of it. Confined to one thread. */
public final class SimRequest implements RequestListener {
  private static final long NEVER = -1;

  final Segment answer;

  /** Tokens of the prompt that were computed or need not be; more are service. */
  int servedPromptTokens = (int) NEVER;

  private final RequestSpec spec;
  private final int tenant;
  private final RequestEvents events;

  private long firstTokenNanos = NEVER;
  private long lastTokenNanos = NEVER;
  private long stalledSinceNanos = NEVER;
  private long stallNanos;
  private int tokens;
  private boolean waiting = true;
  private boolean finished;

  /** Hears of all requests; the time is the simulation's. */
  interface RequestEvents {
    /** A token was generated; its request knows when the one before was. */
    void generated(SimRequest request);

    /** The request is over. */
    void ended(SimRequest request, FinishedEvent end);
  }

  SimRequest(RequestSpec spec, int tenant, Segment answer, RequestEvents events) {
    this.spec = spec;
    this.tenant = tenant;
    this.answer = answer;
    this.events = events;
  }

  public RequestSpec spec() {
    return spec;
  }

  /** Number of its tenant in the run. */
  public int tenant() {
    return tenant;
  }

  /** Tokens generated. */
  public int tokens() {
    return tokens;
  }

  /** When its first token was generated, nanoseconds; negative without. */
  public long firstTokenNanos() {
    return firstTokenNanos;
  }

  /** When its last token so far was generated, nanoseconds; negative without. */
  public long lastTokenNanos() {
    return lastTokenNanos;
  }

  /** From preemptions to the next token each, or until now, nanoseconds. */
  public long stallNanos(long now) {
    return stallNanos + (stalledSinceNanos == NEVER ? 0 : now - stalledSinceNanos);
  }

  /** Whether it holds no blocks. */
  public boolean waiting() {
    return waiting;
  }

  /** Whether it has ended. */
  public boolean finished() {
    return finished;
  }

  /**
   * Takes note of a token.
   *
   * @return the time since the token before, nanoseconds; negative for the first
   */
  public long tokenAt(long now) {
    long gap = lastTokenNanos == NEVER ? NEVER : now - lastTokenNanos;
    if (firstTokenNanos == NEVER) {
      firstTokenNanos = now;
    }
    lastTokenNanos = now;
    tokens++;
    endStall(now);
    if (waiting) {
      // It was under way when its request lost its blocks: the stall begins behind it.
      stalledSinceNanos = now;
    }
    return gap;
  }

  void admitted() {
    waiting = false;
  }

  void preemptedAt(long now) {
    waiting = true;
    if (stalledSinceNanos == NEVER) {
      stalledSinceNanos = now;
    }
  }

  void endStall(long now) {
    if (stalledSinceNanos != NEVER) {
      stallNanos += now - stalledSinceNanos;
      stalledSinceNanos = NEVER;
    }
  }

  @Override
  public void onToken(int index, int tokenId, String text, List<TokenScore> candidates) {
    events.generated(this);
  }

  @Override
  public void onFinished(FinishedEvent end) {
    if (finished) {
      throw new IllegalStateException("a second end of " + spec.requestId());
    }
    finished = true;
    events.ended(this, end);
  }
}

package io.kvasir.scheduler.plan;

import io.kvasir.scheduler.policy.SchedulingPolicy;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestQueue;
import io.kvasir.scheduler.request.RequestSpec;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Chooses which running request loses its blocks to another, by benefit over cost.
 *
 * <pre>
 *   candidates  the last in policy order that may lose its blocks, and up to 15 before it that the
 *               policy holds interchangeable with it; never a settled one, see {@link ResumeGuard}
 *   trip        what bringing it back takes: storing what no tier has and loading it, or computing
 *               it again, whichever is less, as measured; and the step that it misses
 *   slack       time until its client lacks a token: until the next one is due, and the target once
 *               more for each token that the client has not taken yet
 *   cost        trip + max(0, trip - max(0, slack)): what it takes from all, and from its client
 *   benefit     min(blocks that only it holds, blocks needed) x min(1, time it may still run / cost)
 * </pre>
 *
 * <p>The greatest benefit / cost is chosen, among those that generated something since they were
 * admitted if there is one; among equals the last in policy order. Who gets the blocks is the same
 * whoever loses them, so the slack it gains is left out. One that ends sooner than the trip takes
 * gives its blocks back anyway; hence the last factor.
 *
 * <p>Sources: the price of both ways as in {@link Swapper}; slack with what a client has buffered
 * as in Andes (arXiv 2404.16283) and TokenFlow; cheapest first as measured in vLLM issue 54644.
 * Costs O(running) cheap looks and an estimate, O(its blocks), for each of at most {@value
 * #WEIGHED} candidates; none if there is one. Deterministic. Confined to the scheduler loop.
 */
final class VictimChoice {
  /** Candidates that are weighed. */
  static final int WEIGHED = 16;

  private final RequestQueue running;
  private final WorkerSession session;
  private final SchedulingPolicy policy;
  private final @Nullable Request[] candidates = new Request[WEIGHED];
  private int count;

  VictimChoice(RequestQueue running, WorkerSession session, SchedulingPolicy policy) {
    this.running = running;
    this.session = session;
    this.policy = policy;
  }

  /**
   * Who loses its blocks so that a running request may grow; null if nobody behind it may.
   *
   * @param grower its place in policy order: only those behind it are asked
   */
  @Nullable Request forGrowth(int grower, long now) {
    begin();
    for (int i = running.size() - 1; i > grower && count < WEIGHED; i--) {
      consider(running.get(i));
    }
    // Each of those that run needs a block before it comes to another one.
    return best(running.size(), now);
  }

  /**
   * Who gives way to the head of the queue; null if nobody may.
   *
   * @param missing blocks that it lacks; 0: it lacks a slot
   * @param lookedAt most of the last running requests to be asked
   */
  @Nullable Request forHead(Request head, int missing, int lookedAt, long now) {
    begin();
    int end = Math.max(0, running.size() - lookedAt);
    for (int i = running.size() - 1; i >= end && count < WEIGHED; i--) {
      Request request = running.get(i);
      if (request.place().mayGiveWay(request.completionTokens())
          && policy.givesWay(request, head, now)
          && (missing > 0 || policy.givesPlace(request, head))) {
        consider(request);
      }
    }
    return best(missing, now);
  }

  private void begin() {
    count = 0;
  }

  private void consider(Request request) {
    Request last = candidates[0];
    boolean may = count == 0 || (last != null && policy.interchangeable(request, last));
    if (may && !request.place().settled()) {
      candidates[count++] = request;
    }
  }

  private @Nullable Request best(int missing, long now) {
    Request best = count == 0 ? null : candidates[0];
    if (count > 1) {
      double bestScore = Double.NEGATIVE_INFINITY;
      boolean bestProgressed = false;
      for (int i = 0; i < count; i++) {
        Request request = candidates[i];
        if (request != null) {
          boolean progressed = request.place().progressed(request.completionTokens());
          double score = score(request, missing, now);
          if (progressed == bestProgressed ? score > bestScore : progressed) {
            best = request;
            bestScore = score;
            bestProgressed = progressed;
          }
        }
      }
    }
    return best;
  }

  private double score(Request request, int missing, long now) {
    StepTimeModel times = session.stepTimes();
    double trip = Math.max(1, session.swapper().tripNanos(request) + times.fixedNanos());
    double cost = trip + Math.max(0, trip - Math.max(0, slackNanos(request, now)));
    int useful = missing == 0 ? 1 : Math.min(session.memory().freedBy(request), missing);
    double share = 1;
    if (times.known()) {
      double stepNanos = times.predict(running.size(), 0);
      share = Math.min(1, (request.tokenLimit() - request.expectedTokens()) * stepNanos / cost);
    }
    return useful * share / cost;
  }

  /** How long its client can do without it, nanoseconds; endless without a target. */
  private double slackNanos(Request request, long now) {
    RequestSpec spec = request.spec();
    if (request.completionTokens() == 0) {
      double compute = session.swapper().costs().computeNanosPerToken();
      double left = Double.isNaN(compute) ? 0 : compute * request.tokensBehind();
      long due = spec.arrivalNanos() + TimeUnit.MILLISECONDS.toNanos(spec.ttftMillis());
      return spec.ttftMillis() == 0 ? Double.POSITIVE_INFINITY : due - now - left;
    }
    int tokens = request.completionTokens();
    int inFlight = request.samplesInFlight();
    long due = request.times().nextTokenDue(spec.tbtMillis(), tokens, inFlight);
    if (due == Long.MAX_VALUE) {
      return Double.POSITIVE_INFINITY;
    }
    long unread = request.listener().unreadTokens();
    return due - now + (double) TimeUnit.MILLISECONDS.toNanos(unread * spec.tbtMillis());
  }
}

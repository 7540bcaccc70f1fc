package io.kvasir.scheduler.plan;

import io.kvasir.scheduler.policy.SchedulingPolicy;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestQueue;
import io.kvasir.scheduler.request.RequestTimes;

/**
 * What one step may still compute: so many tokens, and so much time that no running stream's next
 * token comes later than it is due ({@link RequestTimes#nextTokenDue}). Decodes take what they
 * need; the rest of the time, which is the slack of the tightest stream, is spent on prompts.
 *
 * <p>The end of a prompt may overflow the step by an eighth of it, as far as the worker has room:
 * that is what decodes take of it at most while a prompt is first, so a prompt needs no further
 * step, with everybody's decodes, because of them. One prompt per step, one of the first group, and
 * only in time; so a step takes {@code stepTokens * 9 / 8} at most.
 *
 * <p>Prompts get a sixteenth of the step's tokens whatever the time: streams that are late already
 * must not keep prompts from ever being computed. So a step takes at most {@code predicted(decodes
 * + stepTokens / 16)} or until the tightest token is due, whichever is longer. Nothing is limited
 * by time while no stream has a target, or no step was measured. A tenant may have a limit of its
 * own, see {@link StepCaps}.
 *
 * <p>Confined to the scheduler loop.
 */
final class StepBudget {
  private static final int SET_ASIDE_SHARE = 8;
  private static final int OVERFLOW_SHARE = 8;
  private static final int PROMPT_SHARE = 16;
  private static final int LEAST_FILL_TOKENS = 256;
  private static final int FILL_LEAST_STEPS = 16;

  private final WorkerSession session;
  private final SchedulingPolicy policy;
  private final StepTimeModel times;
  private final int stepTokens;
  private final int overflow;
  private final StepCaps caps = new StepCaps();
  private int firstGroup;
  private int left;
  private int setAside;
  private int promptsLeft;
  private double nanosLeft;
  private double fillNanosLeft;

  StepBudget(WorkerSession session, SchedulingPolicy policy) {
    this.session = session;
    this.policy = policy;
    this.times = session.stepTimes();
    this.stepTokens = session.maxStepTokens();
    this.overflow = Math.min(stepTokens / OVERFLOW_SHARE, session.stepRoom());
  }

  /** A step begins. */
  void begin(RequestQueue running, long now) {
    caps.begin();
    left = stepTokens;
    setAside = 0;
    promptsLeft = Math.max(1, stepTokens / PROMPT_SHARE);
    nanosLeft = Double.POSITIVE_INFINITY;
    double least = times.leastNanos();
    fillNanosLeft =
        times.known()
            ? FILL_LEAST_STEPS * least - Math.min(least, times.fixedNanos())
            : Double.POSITIVE_INFINITY;
    long due = Long.MAX_VALUE;
    for (int i = 0; times.known() && i < running.size(); i++) {
      Request request = running.get(i);
      if (request.tokensBehind() == 1) {
        due = Math.min(due, nextTokenDue(request));
      }
    }
    if (due != Long.MAX_VALUE) {
      nanosLeft = due - now - session.nanosInFlight(now) - times.fixedNanos();
    }
  }

  /**
   * Requests of that group have all of the step. Those of later ones, and those that leave room
   * ({@link SchedulingPolicy#leavesRoom}), may fill it to less only:
   *
   * <ul>
   *   <li>to half of its tokens, or to {@value #LEAST_FILL_TOKENS} if that is more: below that a
   *       device that reads its weights for every step would compute less per second;
   *   <li>and to {@value #FILL_LEAST_STEPS} times the shortest step known: what a step costs
   *       whatever it computes is a sixteenth of it at most. On a device that reads its weights for
   *       every step, that is longer than any step.
   * </ul>
   *
   * <p>Prompts get a sixteenth of the step's tokens in any case.
   */
  void fillFor(int group) {
    firstGroup = group;
  }

  /**
   * A request was admitted. It may have been the one that barred the others while it waited; now
   * they are not barred any more, and it is before them.
   */
  void admitted(Request request) {
    firstGroup = Math.min(firstGroup, policy.group(request));
  }

  private static long nextTokenDue(Request request) {
    return request
        .times()
        .nextTokenDue(
            request.spec().tbtMillis(), request.completionTokens(), request.samplesInFlight());
  }

  /**
   * Keeps up to {@code tokens} back from decodes, but not more than an eighth of the step.
   *
   * @param sureToBeTaken whether it is certain that this step takes them; if not, at least one
   *     token is left to decodes, or nothing might move
   */
  void setAside(int tokens, boolean sureToBeTaken) {
    int most = Math.max(1, stepTokens / SET_ASIDE_SHARE);
    setAside = Math.min(tokens, sureToBeTaken ? most : Math.min(most, stepTokens - 1));
  }

  /** Tokens that decodes may still take. */
  int forDecodes() {
    return left - setAside;
  }

  /** Whether a request's next token may be in the step, as far as its tenant goes. */
  boolean mayDecode(Request request) {
    return caps.left(request) > 0;
  }

  /** Whether a prompt may take anything. */
  boolean hasPromptTokens() {
    return left > 0 && (promptsLeft > 0 || nanosLeft > 0);
  }

  /**
   * Tokens that a request's prompt may take now; at least 1 while {@link #hasPromptTokens}, unless
   * its tenant has taken all it may, or the step is as full as the request's group may make it.
   */
  int promptTokens(Request request) {
    if (!hasRoomFor(request)) {
      return 0;
    }
    int wanted = wantedBy(request);
    int most = Math.min(wanted, left(request));
    double nanos = isFirst(request) ? nanosLeft : Math.min(nanosLeft, fillNanosLeft);
    int inTime = times.tokensWithin(nanos, request.plannedTokens(), wanted);
    if (inTime == request.tokensBehind() && mayEnd(request)) {
      return inTime;
    }
    return Math.max(Math.min(inTime, most), Math.min(most, Math.max(1, promptsLeft)));
  }

  /** Tokens that a request's prompt would take if the step had room and time for all. */
  int wantedBy(Request request) {
    return Math.min(request.tokensBehind(), caps.left(request));
  }

  /** Whether a request may have all of the step. */
  boolean isFirst(Request request) {
    return policy.group(request) <= firstGroup && !leavesRoom(request);
  }

  /** Whether a request leaves room for newcomers, whatever its group. */
  boolean leavesRoom(Request request) {
    return policy.leavesRoom(request);
  }

  /** Whether the rest of a prompt ends with this step, though maybe beyond it. */
  private boolean mayEnd(Request request) {
    return isFirst(request) && left > 0 && request.tokensBehind() <= left + overflow;
  }

  /** What the next tokens of a request add to the step, nanoseconds. */
  double nanos(Request request, int tokens) {
    return times.nanos(request.plannedTokens(), tokens);
  }

  /** Time until the step is as full as later groups may make it; infinite while unknown. */
  double fillNanosLeft() {
    return fillNanosLeft;
  }

  /** Tokens of a full step; fewer if the tightest stream leaves no time for them. */
  int fullStepInTime() {
    return times.tokensWithin(nanosLeft, 0, stepTokens);
  }

  /** Tokens of a full step. */
  int stepTokens() {
    return stepTokens;
  }

  /** Whether the step is not yet as full as a request's group may make it. */
  boolean hasRoomFor(Request request) {
    return left(request) > 0 && (isFirst(request) || promptsLeft > 0 || fillNanosLeft > 0);
  }

  private int left(Request request) {
    int kept = Math.min(stepTokens / 2, stepTokens - LEAST_FILL_TOKENS);
    if (kept <= 0 || isFirst(request)) {
      return left;
    }
    return Math.max(Math.min(left, promptsLeft), left - kept);
  }

  /** A request's next tokens are in the step. */
  void takeDecode(Request request) {
    take(request, 1);
  }

  /** A request's next tokens are in the step. */
  void takePrompt(Request request, int tokens) {
    take(request, tokens);
    promptsLeft = Math.max(0, promptsLeft - tokens);
  }

  private void take(Request request, int tokens) {
    caps.take(request, tokens);
    left -= tokens;
    double nanos = nanos(request, tokens);
    nanosLeft -= nanos;
    fillNanosLeft -= nanos;
  }
}

package io.kvasir.scheduler.request;

import org.jspecify.annotations.Nullable;

/** Where a request stands in the queues. Confined to the scheduler loop. */
public final class RequestPlace {
  private static final int NOWHERE = -1;

  private @Nullable Standing standing;
  private int running = NOWHERE;
  private int passed;
  private int tokensAtAdmission;
  private long lastStep;
  private boolean gaveWay;
  private boolean gaveWayForNothing;
  private int timesChosen;
  private boolean settled;

  /* Of the order of those that are to be resumed. */
  boolean lost;
  long lostNanos;
  @Nullable Request lostBefore;
  @Nullable Request lostAfter;

  RequestPlace() {}

  /** What the policy remembers of the request; null until it does. */
  public @Nullable Standing standing() {
    return standing;
  }

  public void setStanding(Standing standing) {
    this.standing = standing;
  }

  /** How often another was admitted before it because it found no room itself. */
  public int passed() {
    return passed;
  }

  /** Another is admitted before it. */
  public void pass() {
    passed++;
  }

  /** It is admitted with so many generated tokens. */
  void admitted(int generatedTokens) {
    tokensAtAdmission = generatedTokens;
    lastStep = 0;
    gaveWay = false;
  }

  /**
   * Tokens of it are in a step.
   *
   * @param step number, from 1, of the worker that runs it
   */
  public void planned(long step) {
    lastStep = step;
  }

  /** The last step with tokens of it since it was admitted; 0 without. */
  public long lastStep() {
    return lastStep;
  }

  /**
   * Whether it may give way to another, having generated so many tokens. Once without a new token
   * since it was admitted, and then not before it has one: so there are at most as many exchanges
   * as there are tokens and requests, whatever a policy wants.
   */
  public boolean mayGiveWay(int generatedTokens) {
    return !gaveWayForNothing || generatedTokens > tokensAtAdmission;
  }

  /** It gives way. */
  public void giveWay(int generatedTokens) {
    gaveWay = true;
    gaveWayForNothing = generatedTokens == tokensAtAdmission;
  }

  /** Whether it waits because it gave way. */
  public boolean gaveWay() {
    return gaveWay;
  }

  /** Whether it generated anything since it was admitted. */
  public boolean progressed(int generatedTokens) {
    return generatedTokens > tokensAtAdmission;
  }

  /**
   * It was chosen to lose its blocks so that another gets them.
   *
   * @param most times after which it is settled
   */
  public void chosen(int most) {
    timesChosen++;
    settled |= timesChosen >= most;
  }

  /** How often it was chosen to lose its blocks. */
  public int timesChosen() {
    return timesChosen;
  }

  /**
   * Whether it was chosen so often that it is not chosen again: from its next admission on it holds
   * all blocks that it may ever need.
   */
  public boolean settled() {
    return settled;
  }

  /** When it lost its blocks, nanoseconds; only while it waits to be resumed. */
  public long lostNanos() {
    return lostNanos;
  }

  /** Its index among the running ones; negative if it does not run. */
  int running() {
    return running;
  }

  void setRunning(int index) {
    running = index;
  }

  void leaveRunning() {
    running = NOWHERE;
  }
}

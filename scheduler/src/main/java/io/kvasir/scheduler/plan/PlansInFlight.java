package io.kvasir.scheduler.plan;

/** The plans that were sent and not answered, oldest first. Confined to the scheduler loop. */
public final class PlansInFlight {
  private final PlannedStep[] ring;
  private int first;
  private int count;

  PlansInFlight(int maxPlans, int maxRequests) {
    ring = new PlannedStep[maxPlans];
    for (int i = 0; i < maxPlans; i++) {
      ring[i] = new PlannedStep(maxRequests);
    }
  }

  public int count() {
    return count;
  }

  /**
   * Whether another plan may be sent now: there is room, and none is in flight that was planned in
   * the belief that a failed step would succeed.
   */
  boolean mayPlan() {
    return count < ring.length && (count == 0 || !get(0).afterFailure());
  }

  /** A step failed: those in flight after it were planned on its success. */
  public void markAllAfterFailure() {
    for (int i = 0; i < count; i++) {
      get(i).markAfterFailure();
    }
  }

  /** The {@code i}-th oldest, from 0. */
  public PlannedStep get(int i) {
    if (i < 0 || i >= count) {
      throw new IndexOutOfBoundsException("plan " + i + " of " + count);
    }
    return ring[(first + i) % ring.length];
  }

  /** The place for the next plan, which is in flight only after {@link #push}. */
  PlannedStep next() {
    if (count == ring.length) {
      throw new IllegalStateException(count + " plans are in flight already");
    }
    return ring[(first + count) % ring.length];
  }

  void push() {
    count++;
  }

  /** The oldest plan was answered and dealt with. */
  public void pop() {
    get(0).clear();
    first = (first + 1) % ring.length;
    count--;
  }
}

package io.kvasir.scheduler.tenant;

/** Which priorities a tenant's requests may have. What asks for more gets the highest it may. */
public enum PriorityClass {
  /** Behind everybody who asks for nothing: at most -1. */
  LOW(-1),
  /** Nothing above what everybody has: at most 0. */
  NORMAL(0),
  /** The whole range: at most 1,000. */
  HIGH(1000);

  private final int most;

  PriorityClass(int most) {
    this.most = most;
  }

  /** The priority that a request gets which asks for {@code wanted}. */
  public int cap(int wanted) {
    return Math.min(wanted, most);
  }
}

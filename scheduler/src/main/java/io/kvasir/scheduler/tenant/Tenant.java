package io.kvasir.scheduler.tenant;

/**
 * A tenant while the server runs: one object for each, whose promises may be changed. Any thread
 * may read and change it.
 */
public final class Tenant {
  private volatile TenantSpec spec;

  /** A tenant with these promises. */
  public Tenant(TenantSpec spec) {
    this.spec = spec;
  }

  public String id() {
    return spec.id();
  }

  /** What it was promised last. */
  public TenantSpec spec() {
    return spec;
  }

  /**
   * Changes what it was promised; requests that are in the system keep what they came with.
   *
   * @throws IllegalArgumentException if that is of another tenant
   */
  public void promise(TenantSpec changed) {
    if (!changed.id().equals(spec.id())) {
      throw new IllegalArgumentException(
          "promises of tenant %s given to %s".formatted(changed.id(), spec.id()));
    }
    spec = changed;
  }

  @Override
  public String toString() {
    return spec.toString();
  }
}

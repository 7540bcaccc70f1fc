package io.kvasir.scheduler.tenant;

/**
 * A tenant while the server runs: one object for each, whose promises may be changed. Any thread
 * may read and change it.
 */
public final class Tenant {
  private final TenantUsage usage = new TenantUsage();
  private volatile TenantSpec spec;
  private volatile boolean configured;

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

  /** What it uses. */
  public TenantUsage usage() {
    return usage;
  }

  /** Whether somebody named it, rather than it just came. */
  public boolean configured() {
    return configured;
  }

  void configured(boolean value) {
    configured = value;
  }

  /**
   * Changes what it was promised. Weight, rates and bounds hold at once; requests that are in the
   * system keep the targets and the priority they came with.
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

package io.kvasir.scheduler.gateway;

import io.kvasir.scheduler.loop.SchedulerStatus;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Whether a server takes requests. Safe for use by many threads. */
public final class ServerHealth {

  /**
   * The answer.
   *
   * @param serving whether requests are taken
   * @param reason {@code serving}, or why not
   */
  public record State(boolean serving, String reason) {}

  private final Supplier<SchedulerStatus> status;
  private final AtomicBoolean draining = new AtomicBoolean();

  public ServerHealth(Supplier<SchedulerStatus> status) {
    this.status = status;
  }

  /**
   * From now on the server only finishes what it has.
   *
   * @return whether this call was the first
   */
  public boolean startDraining() {
    return draining.compareAndSet(false, true);
  }

  /** Whether {@link #startDraining} was called. */
  public boolean isDraining() {
    return draining.get();
  }

  /** The state now. */
  public State state() {
    if (draining.get()) {
      return new State(false, "the server is shutting down");
    }
    SchedulerStatus now = status.get();
    return new State(now.healthy(), now.health());
  }
}

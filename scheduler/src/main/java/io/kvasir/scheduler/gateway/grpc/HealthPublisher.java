package io.kvasir.scheduler.gateway.grpc;

import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.kvasir.scheduler.gateway.ServerHealth;
import io.kvasir.v1.InferenceGrpc;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells gRPC's standard health service what {@link ServerHealth} says. {@link #publish} is to be
 * called from time to time, by one thread at a time.
 */
public final class HealthPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(HealthPublisher.class);

  private final ServerHealth health;
  private final HealthStatusManager manager = new HealthStatusManager();
  private final CountDownLatch firstServing = new CountDownLatch(1);
  private ServerHealth.State published = new ServerHealth.State(false, "starting");

  /** A publisher that has published NOT_SERVING. */
  public HealthPublisher(ServerHealth health) {
    this.health = health;
    set(ServingStatus.NOT_SERVING);
  }

  /** The service clients ask. */
  public BindableService service() {
    return manager.getHealthService();
  }

  /** Opens when the server was SERVING for the first time. */
  public CountDownLatch firstServing() {
    return firstServing;
  }

  /** Looks at the state and publishes it if it changed. */
  public void publish() {
    ServerHealth.State now = health.state();
    if (now.equals(published)) {
      return;
    }
    if (now.serving() != published.serving()) {
      set(now.serving() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }
    if (now.serving()) {
      LOG.info("Serving");
      firstServing.countDown();
    } else if (published.serving() && !health.isDraining()) {
      LOG.warn("Not serving: {}", now.reason());
    } else {
      // Before the start and after the end it is what everyone expects.
      LOG.info("Not serving: {}", now.reason());
    }
    published = now;
  }

  /** NOT_SERVING for good. Any thread. */
  public void end() {
    manager.enterTerminalState();
  }

  private void set(ServingStatus status) {
    manager.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    manager.setStatus(InferenceGrpc.SERVICE_NAME, status);
  }
}

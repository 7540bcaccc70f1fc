package io.kvasir.scheduler.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.scheduler.tenant.Tenants;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When who is refused for want of room may come again, in virtual time. */
class RetryHintTest {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  private final Tenants tenants = new Tenants();
  private final Admission admission = new Admission(tenants, 2, BacklogOrder.ARRIVAL);
  private long now;

  private AdmissionResult enter(String tenant) {
    return admission.enter(
        RequestSpec.draft("request", tenant, new int[1], 1).arrivalNanos(now).build(), now);
  }

  private Pass granted(String tenant) {
    AdmissionResult result = enter(tenant);
    assertThat(result).isInstanceOf(AdmissionResult.Granted.class);
    return ((AdmissionResult.Granted) result).pass();
  }

  private RequestError refused(String tenant) {
    AdmissionResult result = enter(tenant);
    assertThat(result).isInstanceOf(AdmissionResult.Refused.class);
    return ((AdmissionResult.Refused) result).error();
  }

  private void serveFor(String tenant, long nanos) {
    Pass pass = granted(tenant);
    admission.scheduled(pass);
    now += nanos;
    admission.left(pass, 2, 0, now);
  }

  /** Requests that take 200 ms and come now and then make room in 200 ms, not in an hour. */
  @Test
  void timeInWhichNobodyIsThereDoesNotCount() {
    tenants.put(TenantSpec.of("a").toDraft().maxConcurrent(1).build());
    for (int i = 0; i < 40; i++) {
      serveFor("a", 200 * MILLI);
      now += HOUR;
    }
    admission.scheduled(granted("a"));
    assertThat(refused("a").retryAfterMillis()).isEqualTo(200);

    granted("b");
    granted("c");
    assertThat(refused("d").retryAfterMillis()).as("the queue is full").isEqualTo(200);
  }

  @Test
  void aTenantsHintIsOfItsOwnRequests() {
    tenants.put(TenantSpec.of("slow").toDraft().maxConcurrent(1).build());
    for (int i = 0; i < 40; i++) {
      serveFor("slow", 3000 * MILLI);
      serveFor("fast", 100 * MILLI);
    }
    admission.scheduled(granted("slow"));
    assertThat(refused("slow").retryAfterMillis()).isEqualTo(3000);
  }
}

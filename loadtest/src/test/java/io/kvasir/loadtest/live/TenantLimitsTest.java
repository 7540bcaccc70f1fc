package io.kvasir.loadtest.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.kvasir.loadtest.report.LoadReport;
import io.kvasir.loadtest.report.ReportTable;
import io.kvasir.loadtest.report.TenantReport;
import io.kvasir.loadtest.workload.Shaping;
import io.kvasir.loadtest.workload.trace.Workloads;
import io.kvasir.scheduler.gateway.KvasirServer;
import io.kvasir.scheduler.tenant.EarlyRefusal;
import io.kvasir.scheduler.tenant.Rate;
import io.kvasir.scheduler.tenant.TenantSettings;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.worker.model.ModelFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A workload of several tenants, one of them limited, against a whole server. */
@Timeout(120)
final class TenantLimitsTest {
  private static final int CONTEXT = 512;

  @Test
  void aRateHoldsExactlyAndTheOthersDoNotNotice() throws Exception {
    // One more request after a quarter of an hour: whatever the run takes, five are let in.
    TenantSpec limited =
        TenantSpec.of("batch").toDraft().requests(new Rate(0.001, 5)).deviceKvBytes(1024).build();
    TenantSettings tenants =
        new TenantSettings(
            List.of(limited), TenantSpec.of("any"), true, 100, EarlyRefusal.DEADLINE);
    LoadReport report = run(tenants);

    TenantReport own =
        report.tenants().stream()
            .filter(tenant -> tenant.name().equals("batch"))
            .findFirst()
            .orElseThrow();
    assertThat(own.sent()).isGreaterThan(5);
    assertThat(own.ok()).isEqualTo(5);
    assertThat(own.reasons()).containsExactly(entry("REQUEST_RATE", own.sent() - 5));
    assertThat(own.refused()).containsExactly(entry("RESOURCE_EXHAUSTED", own.sent() - 5));
    assertThat(report.total().ok()).isEqualTo(report.total().sent() - own.sent() + 5);
    assertThat(report.total().errors()).isEmpty();
    assertThat(ReportTable.of(report))
        .contains("refused of batch: " + (own.sent() - 5) + " REQUEST_RATE\n");
  }

  private static LoadReport run(TenantSettings tenants)
      throws IOException, TargetServer.UnreachableException {
    try (ModelFile file = HashOracleLoadTest.bundledModel();
        KvasirServer server =
            HashOracleLoadTest.server(
                KvasirServer.Config.DEFAULT.withTenants(tenants), file, 1024);
        TargetServer target = new TargetServer("127.0.0.1:" + server.grpcPort())) {
      Shaping shaping = new Shaping(0.001, 1, 120, Long.MAX_VALUE, CONTEXT, Set.of());
      LiveRun run =
          new LiveRun(
              target,
              new LiveRun.Settings(
                  Workloads.find("mixed"), 11, shaping, 1000, Duration.ofSeconds(100)),
              completion -> {});
      return run.run(new LiveRun.Audience(new PrintWriter(Writer.nullWriter()), false));
    }
  }
}

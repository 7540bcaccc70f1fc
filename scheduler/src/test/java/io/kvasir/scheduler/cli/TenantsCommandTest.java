package io.kvasir.scheduler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kvasir.scheduler.gateway.Generations;
import io.kvasir.scheduler.gateway.TestServer;
import io.kvasir.scheduler.gateway.grpc.TenantDefaultsCodec;
import io.kvasir.scheduler.tenant.TenantSettings;
import io.kvasir.v1.GenerateResponse;
import io.kvasir.v1.ListTenantsRequest;
import io.kvasir.v1.OperatorGrpc;
import io.kvasir.v1.TenantDefaults;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands of docs/tenants.md, against a server. */
class TenantsCommandTest {
  private static TestServer server;

  @TempDir private Path folder;

  private record Outcome(int exitCode, String out, String err) {}

  @BeforeAll
  static void start() throws IOException {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Outcome run(Object command, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        new CommandLine(command)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Outcome(exitCode, out.toString(), err.toString());
  }

  private static String target() {
    return "--target=127.0.0.1:" + server.server().grpcPort();
  }

  private static Outcome tenants(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = target();
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return run(new TenantsCommand(), all);
  }

  /** Applies a file; returns what holds then for tenants that nobody names. */
  private TenantDefaults apply(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("t.yaml"), yaml);
    assertThat(tenants("apply", file.toString())).isEqualTo(new Outcome(0, "", ""));
    return OperatorGrpc.newBlockingStub(server.channel())
        .listTenants(ListTenantsRequest.getDefaultInstance())
        .getDefaults();
  }

  /** The target that holds for a request of a tenant. */
  private static int ttftMillis(String tenant) {
    Iterator<GenerateResponse> stream =
        server
            .blocking()
            .generate(Generations.request(List.of(5, 6, 7), 2).setTenantId(tenant).build());
    int millis = stream.next().getAccepted().getSlo().getTtftMs();
    stream.forEachRemaining(event -> {});
    return millis;
  }

  @Test
  void theExampleIsAppliedListedAndDeleted() throws IOException {
    String example = System.getProperty("kvasir.home") + "/docs/tenants.yaml";
    assertThat(tenants("apply", example)).isEqualTo(new Outcome(0, "", ""));
    Outcome table = tenants("list");
    assertThat(table.out()).contains("tenant ", "weight").contains("batch ", "chat ", "4.000 high");
    JsonNode listed = new JsonMapper().readTree(tenants("list", "--json").out()).get("tenants");
    assertThat(listed.get(0).get("id").asText()).isEqualTo("batch");
    assertThat(listed.get(0).get("class").asText()).isEqualTo("low");
    assertThat(listed.get(0).get("max_step_tokens").asInt()).isEqualTo(256);
    assertThat(listed.get(0).get("kv_quota_device_bytes").asLong()).isEqualTo(512L << 20);
    assertThat(listed.get(0).get("kv_quota_ssd_bytes").asLong()).isEqualTo(20L << 30);
    assertThat(listed.get(0).get("kv_quota_cxl_bytes").asLong()).isZero();
    assertThat(tenants("delete", "batch").exitCode()).isZero();
    Outcome again = tenants("delete", "batch");
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.err()).contains("kvasir: NOT_FOUND: tenant_id: tenant batch");
  }

  @Test
  void classesAndUnknownTenantsAreAppliedWhereTheFileNamesThem() throws IOException {
    TenantDefaults none = TenantDefaultsCodec.of(TenantSettings.DEFAULT);
    assertThat(apply("unknown: {}\nclasses: {}")).isEqualTo(none);

    TenantDefaults classes = apply("classes: {high: {ttft_ms: 2000}}");
    assertThat(classes.getClasses().getHigh().getTtftMs()).isEqualTo(2000);
    assertThat(ttftMillis("a")).isEqualTo(2000);

    TenantDefaults closed = apply("unknown: {admit: false, promise: {weight: 0.5}}");
    assertThat(closed.getClasses()).isEqualTo(classes.getClasses());
    assertThat(closed.getUnknown().getPromise().getWeight()).isEqualTo(0.5);
    assertThatThrownBy(() -> ttftMillis("b")).hasMessageContaining("PERMISSION_DENIED");

    assertThat(apply("tenants: {a: {}}")).isEqualTo(closed);
    assertThat(apply("unknown: {}\nclasses: {}")).isEqualTo(none);
  }

  @Test
  void aRefusedGenerationIsToldWhenToComeAgain() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("t.yaml"), "tenants:\n  slow: {requests_per_second: 0.01}\n");
    assertThat(tenants("apply", file.toString()).exitCode()).isZero();
    String[] generate = {target(), "--prompt=hi", "--max-tokens=2", "--tenant=slow"};
    assertThat(run(new GenerateCommand(), generate).exitCode()).isZero();
    Outcome refused = run(new GenerateCommand(), generate);
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err())
        .contains("RESOURCE_EXHAUSTED: tenant slow sends too many requests")
        .containsPattern("retry after \\d+ ms");
  }

  @Test
  void mistakesAreToldApart() throws IOException {
    Path file = Files.writeString(folder.resolve("t.yaml"), "tenants: {a: {weight: 0}}\n");
    assertThat(tenants("apply", file.toString()).exitCode()).isEqualTo(2);
    assertThat(tenants("apply", file.toString()).err()).contains("weight must be 0.001 to 1000");
    assertThat(tenants("apply").exitCode()).isEqualTo(2);
    assertThat(tenants("--help").out()).contains("list", "apply", "delete", "--target=HOST:PORT");
    assertThat(run(new TenantsCommand()).exitCode()).isEqualTo(2);
  }
}

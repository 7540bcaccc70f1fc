package io.kvasir.scheduler.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.kvasir.scheduler.gateway.Generations;
import io.kvasir.scheduler.gateway.Generations.Call;
import io.kvasir.scheduler.gateway.KvasirServer;
import io.kvasir.scheduler.gateway.TestServer;
import io.kvasir.scheduler.tenant.EarlyRefusal;
import io.kvasir.scheduler.tenant.PriorityClass;
import io.kvasir.scheduler.tenant.TenantSettings;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.v1.DeleteTenantRequest;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.GetTenantRequest;
import io.kvasir.v1.KvQuota;
import io.kvasir.v1.ListTenantsRequest;
import io.kvasir.v1.OperatorGrpc;
import io.kvasir.v1.PutTenantDefaultsRequest;
import io.kvasir.v1.PutTenantRequest;
import io.kvasir.v1.SloTargets;
import io.kvasir.v1.TenantClass;
import io.kvasir.v1.TenantDefaults;
import io.kvasir.v1.TenantFigures;
import io.kvasir.v1.TenantPromise;
import java.io.IOException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tenants over a real connection: what operators may change and what clients notice. */
class TenantsTest {
  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    TenantSpec chat =
        new TenantSpec("chat", 4, 500, 60).toDraft().priorityClass(PriorityClass.NORMAL).build();
    server =
        TestServer.start(
            KvasirServer.Config.DEFAULT.withTenants(
                new TenantSettings(
                    List.of(chat), TenantSpec.of("any"), true, 100, EarlyRefusal.OFF)));
  }

  @AfterAll
  static void stop() {
    server.awaitIdle();
    server.close();
  }

  private static OperatorGrpc.OperatorBlockingStub operator() {
    return OperatorGrpc.newBlockingStub(server.channel());
  }

  private static TenantFigures put(TenantPromise.Builder promise) {
    return operator().putTenant(PutTenantRequest.newBuilder().setPromise(promise).build());
  }

  private static TenantPromise.Builder promise(String id) {
    return TenantPromise.newBuilder().setId(id);
  }

  private static TenantFigures get(String id) {
    return operator().getTenant(GetTenantRequest.newBuilder().setTenantId(id).build());
  }

  private static GenerateRequest.Builder request(String tenant) {
    return Generations.request(List.of(5, 6, 7), 4).setTenantId(tenant);
  }

  private static Status refusal(ThrowingCallable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call).getStatus();
  }

  @Test
  void operatorsSeeWhatWasPromisedAndUsed() {
    Generations.run(server.blocking(), request("chat").build());
    TenantFigures chat = get("chat");
    assertThat(chat.getConfigured()).isTrue();
    assertThat(chat.getPromise().getWeight()).isEqualTo(4);
    assertThat(chat.getPromise().getTtftMs()).isEqualTo(500);
    assertThat(chat.getPromise().getClass_()).isEqualTo(TenantClass.TENANT_CLASS_NORMAL);
    assertThat(chat.getAcceptedRequests()).isPositive();
    assertThat(operator().listTenants(ListTenantsRequest.getDefaultInstance()).getTenantsList())
        .extracting(tenant -> tenant.getPromise().getId())
        .contains("chat");
    assertThat(refusal(() -> get("nobody")).getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void whatNobodyCanBePromisedIsRefusedWithTheField() {
    TenantDefaults.Builder classes = TenantDefaults.newBuilder();
    classes.getClassesBuilder().getHighBuilder().setTtftMs(-1);
    TenantDefaults.Builder unknown = TenantDefaults.newBuilder();
    unknown.getUnknownBuilder().setRemember(0);
    for (TenantDefaults.Builder defaults : List.of(classes, unknown)) {
      PutTenantDefaultsRequest request =
          PutTenantDefaultsRequest.newBuilder().setDefaults(defaults).build();
      assertThat(refusal(() -> operator().putTenantDefaults(request)).getDescription())
          .isIn(
              "defaults: classes.high.ttft_ms is 4294967295, the limit is 86400000",
              "defaults: unknown.remember must be 1 to 1000000, is 0");
    }
  }

  @Test
  void whatIsPutIsWhatIsGot() {
    TenantPromise all =
        promise("all")
            .setWeight(2.5)
            .setClass_(TenantClass.TENANT_CLASS_LOW)
            .setTtftMs(100)
            .setTbtMs(10)
            .setRequestsPerSecond(3)
            .setRequestBurst(7)
            .setTokensPerSecond(1000)
            .setTokenBurst(5000)
            .setMaxConcurrentRequests(8)
            .setMaxQueuedRequests(9)
            .setMaxStepTokens(64)
            .setKvQuota(KvQuota.newBuilder().setDeviceBytes(1 << 20))
            .setEarlyRefusal(io.kvasir.v1.EarlyRefusal.EARLY_REFUSAL_ON)
            .build();
    assertThat(put(all.toBuilder()).getPromise()).isEqualTo(all);
    assertThat(get("all").getPromise()).isEqualTo(all);
    assertThat(get("all").getRequestsLeft()).isEqualTo(7);
    TenantFigures replaced = put(promise("all"));
    assertThat(replaced.getPromise().getWeight()).isEqualTo(1);
    assertThat(replaced.getPromise().getMaxQueuedRequests()).isZero();
  }

  @Test
  void mistakesNameTheFieldAndTheLimit() {
    Status weight = refusal(() -> put(promise("wrong").setWeight(0)));
    assertThat(weight.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(weight.getDescription())
        .isEqualTo("promise: tenant wrong: weight must be 0.001 to 1000, is 0");
    assertThat(refusal(() -> put(promise("wrong").setTtftMs(-1))).getDescription())
        .contains("ttft_ms is 4294967295, the limit is 86400000");
    assertThat(refusal(() -> put(promise(""))).getDescription()).contains("id has 0 characters");
    assertThat(refusal(() -> put(promise("_others"))).getDescription()).contains("_others");
    assertThat(refusal(() -> put(promise("wrong").setRequestBurst(2))).getDescription())
        .contains("request_burst goes with requests_per_second");
    assertThat(refusal(() -> get("wrong")).getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void aRateHoldsForTheNextRequestAndTheRefusalSaysWhenToComeAgain() throws IOException {
    Generations.run(server.blocking(), request("slow").build());
    // An hour for the next one: no machine is so slow.
    put(promise("slow").setRequestsPerSecond(0.001).setRequestBurst(2));
    Generations.run(server.blocking(), request("slow").build());
    Generations.run(server.blocking(), request("slow").build());
    StatusRuntimeException refused =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> Generations.run(server.blocking(), request("slow").build()));
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refused.getStatus().getDescription())
        .contains("tenant slow", "requests_per_second is 0.001");
    var details = StatusProto.fromThrowable(refused).getDetailsList();
    assertThat(details.getFirst().unpack(ErrorInfo.class).getReason()).isEqualTo("REQUEST_RATE");
    assertThat(details.getLast().unpack(RetryInfo.class).getRetryDelay().getSeconds())
        .isBetween(500L, 1000L);
    server.awaitMetric(
        "kvasir:requests_refused_total{model_name=\"bytes\",reason=\"request_rate\",tenant=\"slow\"}"
            + " 1.0");
    assertThat(get("slow").getRefusedRequests()).isEqualTo(1);
    Generations.run(server.blocking(), request("other").build());
    operator().deleteTenant(DeleteTenantRequest.newBuilder().setTenantId("slow").build());
    Generations.run(server.blocking(), request("slow").build());
    assertThat(get("slow").getConfigured()).isFalse();
    assertThat(
            refusal(() ->
                    operator()
                        .deleteTenant(DeleteTenantRequest.newBuilder().setTenantId("slow").build()))
                .getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void concurrencyIsBoundedUntilARequestEnds() {
    put(promise("one").setMaxConcurrentRequests(1));
    Call first =
        Generations.start(server.async(), Generations.endless("first").setTenantId("one").build());
    first.next();
    Status second = refusal(() -> Generations.run(server.blocking(), request("one").build()));
    assertThat(second.getDescription()).contains("max_concurrent_requests is 1");
    assertThat(get("one").getConcurrentRequests()).isEqualTo(1);
    first.cancel();
    server.awaitIdle();
    Generations.run(server.blocking(), request("one").build());
  }

  @Test
  void targetsAreTheTighterOfBothAndTheClientIsTold() {
    assertThat(accepted("chat", 0, 0)).isEqualTo(targets(500, 60));
    assertThat(accepted("chat", 900, 20)).isEqualTo(targets(500, 20));
    assertThat(accepted("plain", 900, 0)).isEqualTo(targets(900, 0));
    assertThat(accepted("plain", 0, 0)).isEqualTo(targets(0, 0));
  }

  private static SloTargets accepted(String tenant, int ttftMillis, int tbtMillis) {
    GenerateRequest request = request(tenant).setSlo(targets(ttftMillis, tbtMillis)).build();
    Call call = Generations.start(server.async(), request);
    SloTargets told = call.next().getAccepted().getSlo();
    assertThat(call.end()).isEqualTo(Status.OK);
    return told;
  }

  private static SloTargets targets(int ttftMillis, int tbtMillis) {
    return SloTargets.newBuilder().setTtftMs(ttftMillis).setTbtMs(tbtMillis).build();
  }

  @Test
  void tenantsThatNobodyConfiguredMayBeRefused() throws IOException {
    TenantSettings closed =
        new TenantSettings(
            List.of(TenantSpec.of("known")), TenantSpec.of("any"), false, 10, EarlyRefusal.OFF);
    try (TestServer strict = TestServer.start(KvasirServer.Config.DEFAULT.withTenants(closed))) {
      Generations.run(strict.blocking(), request("known").build());
      Status stranger =
          refusal(() -> Generations.run(strict.blocking(), request("stranger").build()));
      assertThat(stranger.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
      assertThat(stranger.getDescription())
          .isEqualTo("tenant_id: tenant stranger is not served here");
    }
  }
}

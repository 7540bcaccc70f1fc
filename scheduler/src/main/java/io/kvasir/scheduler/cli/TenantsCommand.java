package io.kvasir.scheduler.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.kvasir.scheduler.gateway.grpc.TenantCodec;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.v1.DeleteTenantRequest;
import io.kvasir.v1.ListTenantsRequest;
import io.kvasir.v1.ListTenantsResponse;
import io.kvasir.v1.OperatorGrpc;
import io.kvasir.v1.PutTenantDefaultsRequest;
import io.kvasir.v1.PutTenantRequest;
import io.kvasir.v1.TenantFigures;
import io.kvasir.v1.TenantPromise;
import io.kvasir.worker.cli.HostPort;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows and changes the tenants of a running server. */
@Command(
    name = "tenants",
    description = "Show and change the tenants of a running server.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:refused, or no server", "2:called wrongly"})
public final class TenantsCommand {
  @Spec private CommandSpec spec;

  @Option(
      names = "--target",
      paramLabel = "HOST:PORT",
      converter = HostPort.Converter.class,
      scope = picocli.CommandLine.ScopeType.INHERIT,
      description = "The server's gRPC port (default: 127.0.0.1:9090).")
  private HostPort target = new HostPort("127.0.0.1", 9090);

  /** Lists all tenants. */
  @Command(
      name = "list",
      description = "List the tenants that are configured or remembered, with what they use.",
      mixinStandardHelpOptions = true)
  int list(@Option(names = "--json", description = "Print one JSON object.") boolean json) {
    return call(operator -> {
      ListTenantsResponse all = operator.listTenants(ListTenantsRequest.getDefaultInstance());
      PrintWriter out = spec.commandLine().getOut();
      out.println(json ? toJson(all) : table(all));
      out.flush();
    });
  }

  /** Promises what a file says. */
  @Command(
      name = "apply",
      description =
          "Create or change the tenants of a file as for serve --tenants, and what it says of"
              + " classes and of unknown tenants. What it does not name stays as it is. It holds"
              + " until the server ends, so start it with the same file next time.",
      mixinStandardHelpOptions = true)
  int apply(@Parameters(paramLabel = "FILE", description = "The tenants, in YAML.") Path file) {
    TenantFile tenants;
    try {
      tenants = TenantFile.read(file);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "FILE: " + e.getMessage(), e);
    }
    return call(operator -> {
      var _ =
          operator.putTenantDefaults(
              PutTenantDefaultsRequest.newBuilder().setDefaults(tenants.defaults()).build());
      for (TenantSpec tenant : tenants.settings().configured()) {
        var _ =
            operator.putTenant(
                PutTenantRequest.newBuilder().setPromise(TenantCodec.promise(tenant)).build());
      }
    });
  }

  /** Forgets what a tenant was promised. */
  @Command(
      name = "delete",
      description = "Give a tenant what unknown ones have; its requests in the system go on.",
      mixinStandardHelpOptions = true)
  int delete(@Parameters(paramLabel = "ID", description = "The tenant.") String id) {
    return call(operator -> {
      var _ = operator.deleteTenant(DeleteTenantRequest.newBuilder().setTenantId(id).build());
    });
  }

  private int call(Consumer<OperatorGrpc.OperatorBlockingStub> use) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(target.host(), target.port()).usePlaintext().build();
    try {
      use.accept(OperatorGrpc.newBlockingStub(channel));
      return ExitCode.OK;
    } catch (StatusRuntimeException e) {
      PrintWriter err = spec.commandLine().getErr();
      err.printf("kvasir: %s%n", GrpcFailure.describe(e, target));
      err.flush();
      return ExitCode.SOFTWARE;
    } finally {
      channel.shutdownNow();
    }
  }

  private static String table(ListTenantsResponse all) {
    StringBuilder table =
        new StringBuilder(
            "%-24s %7s %-6s %8s %8s %8s %10s %8s"
                .formatted(
                    "tenant",
                    "weight",
                    "class",
                    "ttft ms",
                    "queued",
                    "running",
                    "accepted",
                    "refused"));
    for (TenantFigures tenant : all.getTenantsList()) {
      table.append(
          String.format(
              Locale.ROOT,
              "%n%-24s %7.3f %-6s %8d %8d %8d %10d %8d",
              tenant.getPromise().getId() + (tenant.getConfigured() ? "" : " *"),
              tenant.getPromise().getWeight(),
              className(tenant.getPromise()),
              tenant.getPromise().getTtftMs(),
              tenant.getQueuedRequests(),
              tenant.getConcurrentRequests() - tenant.getQueuedRequests(),
              tenant.getAcceptedRequests(),
              tenant.getRefusedRequests()));
    }
    return table.append("\n* not configured").toString();
  }

  private static ObjectNode toJson(ListTenantsResponse all) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    ArrayNode tenants = object.putArray("tenants");
    for (TenantFigures tenant : all.getTenantsList()) {
      TenantPromise promise = tenant.getPromise();
      tenants
          .addObject()
          .put("id", promise.getId())
          .put("configured", tenant.getConfigured())
          .put("weight", promise.getWeight())
          .put("class", className(promise))
          .put("ttft_ms", promise.getTtftMs())
          .put("tbt_ms", promise.getTbtMs())
          .put("requests_per_second", promise.getRequestsPerSecond())
          .put("request_burst", promise.getRequestBurst())
          .put("tokens_per_second", promise.getTokensPerSecond())
          .put("token_burst", promise.getTokenBurst())
          .put("max_concurrent_requests", promise.getMaxConcurrentRequests())
          .put("max_queued_requests", promise.getMaxQueuedRequests())
          .put("max_step_tokens", promise.getMaxStepTokens())
          .put("kv_quota_device_bytes", promise.getKvQuota().getDeviceBytes())
          .put("kv_quota_dram_bytes", promise.getKvQuota().getDramBytes())
          .put("kv_quota_cxl_bytes", promise.getKvQuota().getCxlBytes())
          .put("kv_quota_ssd_bytes", promise.getKvQuota().getSsdBytes())
          .put("kv_quota_remote_bytes", promise.getKvQuota().getRemoteBytes())
          .put("queued_requests", tenant.getQueuedRequests())
          .put("queued_prompt_tokens", tenant.getQueuedPromptTokens())
          .put("concurrent_requests", tenant.getConcurrentRequests())
          .put("accepted_requests", tenant.getAcceptedRequests())
          .put("refused_requests", tenant.getRefusedRequests())
          .put("requests_left", tenant.getRequestsLeft())
          .put("tokens_left", tenant.getTokensLeft());
    }
    return object;
  }

  private static String className(TenantPromise promise) {
    String name = promise.getClass_().name();
    return name.substring(name.lastIndexOf('_') + 1).toLowerCase(Locale.ROOT);
  }
}

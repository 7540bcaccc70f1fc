package io.kvasir.scheduler.gateway.grpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.kvasir.scheduler.gateway.InvalidArgument;
import io.kvasir.scheduler.tenant.Tenant;
import io.kvasir.scheduler.tenant.TenantSettings;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.v1.DeleteTenantRequest;
import io.kvasir.v1.DeleteTenantResponse;
import io.kvasir.v1.GetTenantRequest;
import io.kvasir.v1.ListTenantsResponse;
import io.kvasir.v1.PutTenantDefaultsRequest;
import io.kvasir.v1.PutTenantDefaultsResponse;
import io.kvasir.v1.PutTenantRequest;
import io.kvasir.v1.TenantFigures;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What operators ask about tenants. Safe for use by many threads. */
final class TenantCalls {
  private static final Logger LOG = LoggerFactory.getLogger(TenantCalls.class);

  private final Tenants tenants;
  private final LongSupplier nanoTime;

  /**
   * @param nanoTime the server's monotonic clock
   */
  TenantCalls(Tenants tenants, LongSupplier nanoTime) {
    this.tenants = tenants;
    this.nanoTime = nanoTime;
  }

  ListTenantsResponse list() {
    long now = nanoTime.getAsLong();
    ListTenantsResponse.Builder all = ListTenantsResponse.newBuilder();
    tenants.all().forEach(tenant -> all.addTenants(TenantCodec.figures(tenant, now)));
    return all.setDefaults(TenantDefaultsCodec.of(tenants.settings())).build();
  }

  TenantFigures get(GetTenantRequest request) {
    Tenant tenant = tenants.find(request.getTenantId());
    if (tenant == null) {
      throw notFound("is neither configured nor remembered", request.getTenantId());
    }
    return TenantCodec.figures(tenant, nanoTime.getAsLong());
  }

  TenantFigures put(PutTenantRequest request) {
    TenantSpec spec = TenantCodec.spec(request.getPromise());
    try {
      Tenant tenant = tenants.put(spec);
      LOG.info("promised by an operator: {}", spec);
      return TenantCodec.figures(tenant, nanoTime.getAsLong());
    } catch (IllegalArgumentException e) {
      throw InvalidArgument.of("promise: %s", e.getMessage());
    }
  }

  DeleteTenantResponse delete(DeleteTenantRequest request) {
    if (!tenants.delete(request.getTenantId())) {
      throw notFound("is not configured", request.getTenantId());
    }
    LOG.info("tenant {} deleted by an operator", request.getTenantId());
    return DeleteTenantResponse.getDefaultInstance();
  }

  PutTenantDefaultsResponse putDefaults(PutTenantDefaultsRequest request) {
    tenants.change(settings -> TenantDefaultsCodec.change(settings, request.getDefaults()));
    TenantSettings changed = tenants.settings();
    LOG.info(
        "promised by an operator: {}, unknown tenants {}: {}",
        changed.classTargets(),
        changed.admitUnknown() ? "are served" : "are refused",
        changed.unknown());
    return PutTenantDefaultsResponse.getDefaultInstance();
  }

  private static StatusRuntimeException notFound(String problem, String id) {
    return Status.NOT_FOUND
        .withDescription("tenant_id: tenant %s %s".formatted(id, problem))
        .asRuntimeException();
  }
}

package io.kvasir.scheduler.gateway.grpc;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.kvasir.scheduler.loop.Scheduler;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.v1.BlockCounts;
import io.kvasir.v1.CheckIntegrityRequest;
import io.kvasir.v1.CheckIntegrityResponse;
import io.kvasir.v1.DeleteTenantRequest;
import io.kvasir.v1.DeleteTenantResponse;
import io.kvasir.v1.GetStatusRequest;
import io.kvasir.v1.GetStatusResponse;
import io.kvasir.v1.GetTenantRequest;
import io.kvasir.v1.ListTenantsRequest;
import io.kvasir.v1.ListTenantsResponse;
import io.kvasir.v1.OperatorGrpc;
import io.kvasir.v1.PutTenantDefaultsRequest;
import io.kvasir.v1.PutTenantDefaultsResponse;
import io.kvasir.v1.PutTenantRequest;
import io.kvasir.v1.SetTierLimitRequest;
import io.kvasir.v1.SetTierLimitResponse;
import io.kvasir.v1.TenantFigures;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** For those who run the server. */
public final class OperatorService extends OperatorGrpc.OperatorImplBase {
  private final Scheduler scheduler;
  private final Supplier<String> health;
  private final TenantCalls tenants;

  /**
   * The service.
   *
   * @param health whether requests are served, and if not, why
   * @param nanoTime the server's monotonic clock
   */
  public OperatorService(
      Scheduler scheduler, Supplier<String> health, Tenants tenants, LongSupplier nanoTime) {
    this.scheduler = scheduler;
    this.health = health;
    this.tenants = new TenantCalls(tenants, nanoTime);
  }

  @Override
  public void listTenants(
      ListTenantsRequest request, StreamObserver<ListTenantsResponse> observer) {
    observer.onNext(tenants.list());
    observer.onCompleted();
  }

  @Override
  public void getTenant(GetTenantRequest request, StreamObserver<TenantFigures> observer) {
    observer.onNext(tenants.get(request));
    observer.onCompleted();
  }

  @Override
  public void putTenant(PutTenantRequest request, StreamObserver<TenantFigures> observer) {
    observer.onNext(tenants.put(request));
    observer.onCompleted();
  }

  @Override
  public void deleteTenant(
      DeleteTenantRequest request, StreamObserver<DeleteTenantResponse> observer) {
    observer.onNext(tenants.delete(request));
    observer.onCompleted();
  }

  @Override
  public void putTenantDefaults(
      PutTenantDefaultsRequest request, StreamObserver<PutTenantDefaultsResponse> observer) {
    observer.onNext(tenants.putDefaults(request));
    observer.onCompleted();
  }

  @Override
  public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> observer) {
    SchedulerStatus status = scheduler.status();
    SchedulerStatus.BlockCounts blocks = status.blocks();
    observer.onNext(
        GetStatusResponse.newBuilder()
            .setHealth(health.get())
            .setRunningRequests(status.runningRequests())
            .setWaitingRequests(status.waitingRequests())
            .setBlocks(
                BlockCounts.newBuilder()
                    .setFree(blocks.free())
                    .setOwned(blocks.owned())
                    .setCached(blocks.cached())
                    .setInFlight(blocks.inFlight())
                    .setTotal(blocks.total()))
            .setSteps(status.steps())
            .setWorkerId(status.workerId())
            .addAllTiers(status.tiers().stream().map(TierStates::of).toList())
            .addAllTenants(status.tenants().stream().map(TenantStates::of).toList())
            .setSessions(SessionCodec.of(status.sessions()))
            .setPreemptedRequests(status.preemptedRequests())
            .setPreemptions(status.totals().preemptions())
            .setResumeBoundExceeded(status.totals().resumeBoundExceeded())
            .setLongestResumeNanos(status.totals().longestResumeNanos())
            .setStepTimes(StepTimesCodec.of(status.stepTimes()))
            .build());
    observer.onCompleted();
  }

  @Override
  public void setTierLimit(
      SetTierLimitRequest request, StreamObserver<SetTierLimitResponse> observer) {
    String tier = request.getTier();
    if (!request.hasBlocks()) {
      observer.onError(
          Status.INVALID_ARGUMENT
              .withDescription("blocks: must be given, 0 empties the tier")
              .asRuntimeException());
      return;
    }
    var _ =
        scheduler
            .setTierLimit(tier, request.getBlocks())
            .whenComplete((found, failure) -> {
              if (failure instanceof IllegalArgumentException) {
                observer.onError(
                    Status.INVALID_ARGUMENT
                        .withDescription("blocks: " + failure.getMessage())
                        .asRuntimeException());
              } else if (failure != null) {
                observer.onError(GrpcErrors.of(failure));
              } else if (!found) {
                observer.onError(
                    Status.NOT_FOUND
                        .withDescription("tier: there is none of this name: " + tier)
                        .asRuntimeException());
              } else {
                observer.onNext(SetTierLimitResponse.getDefaultInstance());
                observer.onCompleted();
              }
            });
  }

  @Override
  public void checkIntegrity(
      CheckIntegrityRequest request, StreamObserver<CheckIntegrityResponse> observer) {
    var _ =
        scheduler
            .checkIntegrity()
            .whenComplete((violations, failure) -> {
              if (failure != null) {
                observer.onError(GrpcErrors.of(failure));
                return;
              }
              observer.onNext(
                  CheckIntegrityResponse.newBuilder()
                      .setOk(violations.isEmpty())
                      .addAllViolations(violations)
                      .build());
              observer.onCompleted();
            });
  }
}

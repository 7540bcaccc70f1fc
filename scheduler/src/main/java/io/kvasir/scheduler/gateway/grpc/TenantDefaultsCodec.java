package io.kvasir.scheduler.gateway.grpc;

import static io.kvasir.proto.WireLimits.MAX_DURATION_MILLIS;
import static io.kvasir.scheduler.gateway.grpc.TenantCodec.unsigned;

import io.kvasir.scheduler.gateway.InvalidArgument;
import io.kvasir.scheduler.tenant.ClassTargets;
import io.kvasir.scheduler.tenant.PriorityClass;
import io.kvasir.scheduler.tenant.TenantSettings;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.v1.SloTargets;
import io.kvasir.v1.TenantDefaults;
import io.kvasir.v1.UnknownTenants;
import java.util.Map;

/** What tenants are promised without being named, on the wire. */
public final class TenantDefaultsCodec {
  private TenantDefaultsCodec() {}

  /** All of it. */
  public static TenantDefaults of(TenantSettings settings) {
    ClassTargets classes = settings.classTargets();
    return TenantDefaults.newBuilder()
        .setClasses(
            io.kvasir.v1.ClassTargets.newBuilder()
                .setLow(slo(classes.of(PriorityClass.LOW)))
                .setNormal(slo(classes.of(PriorityClass.NORMAL)))
                .setHigh(slo(classes.of(PriorityClass.HIGH))))
        .setUnknown(
            UnknownTenants.newBuilder()
                .setAdmit(settings.admitUnknown())
                .setRemember(settings.maxUnknown())
                .setPromise(TenantCodec.promise(settings.unknown())))
        .build();
  }

  /** Settings with what is set here; throws {@link InvalidArgument}. */
  static TenantSettings change(TenantSettings settings, TenantDefaults defaults) {
    TenantSettings changed = settings;
    if (defaults.hasClasses()) {
      io.kvasir.v1.ClassTargets classes = defaults.getClasses();
      changed =
          changed.withClassTargets(
              new ClassTargets(
                  Map.of(
                      PriorityClass.LOW, targets("low", classes.getLow()),
                      PriorityClass.NORMAL, targets("normal", classes.getNormal()),
                      PriorityClass.HIGH, targets("high", classes.getHigh()))));
    }
    return defaults.hasUnknown() ? change(changed, defaults.getUnknown()) : changed;
  }

  private static TenantSettings change(TenantSettings settings, UnknownTenants unknown) {
    int remember =
        unknown.hasRemember() ? unknown.getRemember() : TenantSettings.DEFAULT.maxUnknown();
    try {
      return settings.withUnknown(
          TenantCodec.spec(unknown.getPromise().toBuilder().setId(Tenants.OTHERS).build()),
          !unknown.hasAdmit() || unknown.getAdmit(),
          remember);
    } catch (IllegalArgumentException e) {
      throw InvalidArgument.of("defaults: %s", e.getMessage());
    }
  }

  private static SloTargets slo(ClassTargets.Targets targets) {
    return SloTargets.newBuilder()
        .setTtftMs(targets.ttftMillis())
        .setTbtMs(targets.tbtMillis())
        .build();
  }

  private static ClassTargets.Targets targets(String of, SloTargets slo) {
    String field = "defaults: classes." + of;
    return new ClassTargets.Targets(
        unsigned(field + ".ttft_ms", slo.getTtftMs(), MAX_DURATION_MILLIS),
        unsigned(field + ".tbt_ms", slo.getTbtMs(), MAX_DURATION_MILLIS));
  }
}

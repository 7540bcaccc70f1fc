package io.kvasir.scheduler.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TenantsTest {
  private static final TenantSpec GOLD = new TenantSpec("gold", 4, 300, 0);

  private static Tenants tenants(boolean admitUnknown, int maxUnknown) {
    return new Tenants(
        new TenantSettings(
            List.of(GOLD),
            new TenantSpec("any", 0.5, 0, 100),
            admitUnknown,
            maxUnknown,
            EarlyRefusal.DEADLINE));
  }

  @Test
  void unknownTenantsGetTheDefaultAndKnownOnesTheirOwn() {
    Tenants tenants = tenants(true, 10);
    assertThat(tenants.of("gold").spec()).isEqualTo(GOLD);
    assertThat(tenants.of("new").spec()).isEqualTo(new TenantSpec("new", 0.5, 0, 100));
    assertThat(tenants.of("new")).isSameAs(tenants.of("new")).isSameAs(tenants.find("new"));
    assertThat(tenants.promised("never seen").tbtMillis()).isEqualTo(100);
    assertThat(tenants.find("never seen")).isNull();
    assertThat(tenants.all()).extracting(Tenant::id).containsExactly("gold", "new");
    assertThat(tenants.heaviestWeight()).isEqualTo(4);
  }

  @Test
  void unknownTenantsMayBeRefused() {
    Tenants tenants = tenants(false, 10);
    assertThat(tenants.served("new")).isNull();
    assertThat(tenants.served("gold")).isNotNull();
    tenants.put(TenantSpec.of("new"));
    assertThat(tenants.served("new")).isNotNull();
    assertThat(tenants.delete("new")).isTrue();
    assertThat(tenants.served("new")).isNull();
    assertThat(tenants.delete("new")).isFalse();
  }

  @Test
  void classTenantAndRequestMayEachTightenATargetAndNoneLoosensIt() {
    TenantSettings settings =
        new TenantSettings(
            List.of(),
            TenantSpec.of("any"),
            true,
            10,
            EarlyRefusal.OFF,
            new ClassTargets(Map.of(PriorityClass.HIGH, new ClassTargets.Targets(1000, 0))));
    Tenants tenants = new Tenants(settings);
    TenantSpec plain = TenantSpec.of("plain");
    assertThat(tenants.ttftMillis(plain, 0)).isEqualTo(1000);
    assertThat(tenants.ttftMillis(plain, 5000)).as("a request cannot loosen").isEqualTo(1000);
    assertThat(tenants.ttftMillis(plain, 200)).isEqualTo(200);
    assertThat(tenants.ttftMillis(new TenantSpec("slow", 1, 3000, 0), 0)).isEqualTo(1000);
    assertThat(tenants.ttftMillis(new TenantSpec("fast", 1, 300, 0), 500)).isEqualTo(300);
    assertThat(tenants.tbtMillis(plain, 70)).isEqualTo(70);
    TenantSpec low = plain.toDraft().priorityClass(PriorityClass.LOW).build();
    assertThat(tenants.ttftMillis(low, 5000)).isEqualTo(5000);
  }

  @Test
  void idsCannotExhaustMemory() {
    Tenants tenants = tenants(true, 100);
    Tenant busy = tenants.of("busy");
    assertThat(busy.usage().hold()).isTrue();
    for (int i = 0; i < 10_000; i++) {
      tenants.of("tenant-" + i);
    }
    assertThat(tenants.all()).hasSize(101);
    assertThat(tenants.of("busy")).as("not forgotten while it has a request").isSameAs(busy);
  }

  @Test
  void whileAllAreBusyFurtherOnesShareOneTenant() {
    Tenants tenants = tenants(true, 3);
    for (int i = 0; i < 3; i++) {
      assertThat(tenants.of("tenant-" + i).usage().hold()).isTrue();
    }
    Tenant others = tenants.of("a");
    assertThat(others.id()).isEqualTo(Tenants.OTHERS);
    assertThat(others.spec().weight()).isEqualTo(0.5);
    assertThat(tenants.of("b")).isSameAs(others);
    tenants.of("tenant-1").usage().refuse();
    assertThat(tenants.of("b").id()).isEqualTo("b");
    assertThat(tenants.find("tenant-1")).isNull();
  }

  @Test
  void aForgottenTenantTakesNothingMore() {
    Tenants tenants = tenants(true, 1);
    Tenant first = tenants.of("first");
    tenants.of("second");
    assertThat(first.usage().hold()).isFalse();
    assertThat(tenants.of("first")).isNotSameAs(first);
  }

  @Test
  void whatUnknownTenantsArePromisedReachesThoseThatCame() {
    Tenants tenants = tenants(true, 3);
    Tenant live = tenants.of("new");
    Tenant named = tenants.of("gold");
    TenantSpec before = named.spec();
    int version = tenants.version();
    TenantSpec heavy = new TenantSpec("any", 7, 0, 0);
    tenants.change(settings -> settings.withUnknown(heavy, true, 1));
    assertThat(live.spec()).isEqualTo(heavy.as("new"));
    assertThat(named.spec()).isEqualTo(before);
    assertThat(tenants.heaviestWeight()).isEqualTo(7);
    assertThat(tenants.version()).isNotEqualTo(version);
    assertThat(tenants.of("newer").spec().weight()).isEqualTo(7);
    assertThat(tenants.find("new")).as("one is remembered").isNull();
  }

  @Test
  void changesReachTheLiveTenant() {
    Tenants tenants = tenants(true, 10);
    Tenant live = tenants.of("new");
    assertThat(tenants.put(new TenantSpec("new", 9, 0, 0))).isSameAs(live);
    assertThat(live.spec().weight()).isEqualTo(9);
    assertThat(live.configured()).isTrue();
    assertThat(tenants.heaviestWeight()).isEqualTo(9);
    tenants.delete("new");
    assertThat(live.spec().weight()).isEqualTo(0.5);
    assertThat(live.configured()).isFalse();
    assertThat(tenants.heaviestWeight()).isEqualTo(4);
  }

  @Test
  void theNameOfTheSharedTenantCannotBeTaken() {
    Tenants tenants = tenants(true, 10);
    assertThatThrownBy(() -> tenants.put(TenantSpec.of(Tenants.OTHERS)))
        .hasMessageContaining("_others stands for");
    assertThat(tenants.of(Tenants.OTHERS).configured()).isFalse();
  }

  @Test
  void thoseThatShareOneTenantCountWithTheOneThatIsRemembered() {
    Tenants tenants =
        new Tenants(new TenantSettings(List.of(), TenantSpec.of("any"), true, 1, EarlyRefusal.OFF));
    assertThat(tenants.of("busy").usage().hold()).isTrue();
    assertThat(tenants.several()).isFalse();
    assertThat(tenants.of("other").id()).isEqualTo(Tenants.OTHERS);
    assertThat(tenants.several()).isTrue();
  }
}

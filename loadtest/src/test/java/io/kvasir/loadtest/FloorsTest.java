package io.kvasir.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.kvasir.kvpool.broken.ImpurePool;
import io.kvasir.kvpool.broken.UpwardPool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each floor imports only floors below it, and some libraries stay in one place. */
final class FloorsTest {
  private static JavaClasses product;

  @BeforeAll
  static void readClasses() {
    product =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.kvasir");
  }

  @Test
  void everyFloorIsSeen() {
    assertThat(product)
        .extracting(type -> type.getPackageName())
        .contains(
            "io.kvasir.kvpool",
            "io.kvasir.offload",
            "io.kvasir.worker",
            "io.kvasir.scheduler",
            "io.kvasir.loadtest");
  }

  @Test
  void floorsImportOnlyFloorsBelow() {
    Floors.onlyDownwards().forEach(rule -> rule.check(product));
    assertThat(Floors.onlyDownwards()).anyMatch(rule -> breaks(rule, UpwardPool.class));
  }

  @Test
  void poolIsPure() {
    Floors.purePool().forEach(rule -> rule.check(product));
    assertThat(Floors.purePool()).allMatch(rule -> breaks(rule, ImpurePool.class));
  }

  @Test
  void chronicleMapHasOneUser() {
    Floors.oneIndex().check(product);
  }

  @Test
  void lettuceHasOneUser() {
    Floors.oneRemoteStore().check(product);
  }

  @Test
  void wireTypesStayInCodecs() {
    Floors.wireInCodecs().check(product);
  }

  @Test
  void confinedLibraryIsNoticedElsewhere() {
    assertThat(
            breaks(Floors.confine("io.kvasir.loadtest..", "io.kvasir.worker.."), UpwardPool.class))
        .isTrue();
    assertThat(
            breaks(Floors.confine("io.kvasir.loadtest..", "io.kvasir.kvpool.."), UpwardPool.class))
        .isFalse();
  }

  private static boolean breaks(ArchRule rule, Class<?> type) {
    return rule.evaluate(new ClassFileImporter().importClasses(type)).hasViolation();
  }
}

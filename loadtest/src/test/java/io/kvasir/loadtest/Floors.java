package io.kvasir.loadtest;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The rules that keep the six floors apart. */
final class Floors {
  private static final List<String> PROTO = List.of("io.kvasir.v1..", "io.kvasir.proto..");

  /** The packages of each floor, lowest first. */
  private static final List<List<String>> FLOORS =
      List.of(
          PROTO,
          List.of("io.kvasir.kvpool.."),
          List.of("io.kvasir.offload.."),
          List.of("io.kvasir.worker.."),
          List.of("io.kvasir.scheduler.."),
          List.of("io.kvasir.loadtest.."));

  /** The floors up to this one move metadata and bytes, and do not know the wire. */
  private static final int LAST_WITHOUT_WIRE = 2;

  private Floors() {}

  /** Every floor imports only floors below it; kvpool and offload do not know the wire either. */
  static List<ArchRule> onlyDownwards() {
    List<ArchRule> rules = new ArrayList<>();
    for (int floor = 0; floor < FLOORS.size() - 1; floor++) {
      List<String> forbidden = new ArrayList<>();
      FLOORS.subList(floor + 1, FLOORS.size()).forEach(forbidden::addAll);
      if (floor > 0 && floor <= LAST_WITHOUT_WIRE) {
        forbidden.addAll(PROTO);
      }
      rules.add(
          noClasses()
              .that()
              .resideInAnyPackage(FLOORS.get(floor).toArray(String[]::new))
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(forbidden.toArray(String[]::new))
              .because("a floor imports only floors below it (docs/ARCHITECTURE.md)")
              .allowEmptyShould(true));
    }
    return rules;
  }

  /** The pool takes time, randomness and events as arguments and starts nothing by itself. */
  static List<ArchRule> purePool() {
    DescribedPredicate<JavaClass> impure =
        resideInAnyPackage(
                "java.io..",
                "java.net..",
                "java.nio.channels..",
                "java.nio.file..",
                "java.time..",
                "java.util.concurrent..",
                "java.util.logging..",
                "org.slf4j..")
            .or(JavaClass.Predicates.assignableTo(Thread.class))
            .and(DescribedPredicate.not(JavaClass.Predicates.equivalentTo(Duration.class)))
            .as("do I/O, tell the time, log or share between threads");
    String because = "kvpool has no threads, I/O or clocks, so that the same inputs give one plan";
    return List.of(
        noClasses()
            .that()
            .resideInAPackage("io.kvasir.kvpool..")
            .should()
            .dependOnClassesThat(impure)
            .because(because),
        noClasses()
            .that()
            .resideInAPackage("io.kvasir.kvpool..")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Math.class, "random")
            .because(because));
  }

  /** The classes of {@code library} are seen in {@code places} only. */
  static ArchRule confine(String library, String... places) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(places)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .because(library + " stays behind " + String.join(", ", places))
        .allowEmptyShould(true);
  }

  /** Chronicle Map has one user. */
  static ArchRule oneIndex() {
    return confine("net.openhft..", "io.kvasir.offload.index..");
  }

  /** The client of the shared server has one user. */
  static ArchRule oneRemoteStore() {
    return confine("io.lettuce..", "io.kvasir.offload.store.remote..");
  }

  /** Messages are turned into our own values where they enter, and back where they leave. */
  static ArchRule wireInCodecs() {
    return confine(
        "io.kvasir.v1..",
        "io.kvasir.v1..",
        "io.kvasir.proto..",
        "io.kvasir..link..",
        "io.kvasir..gateway..",
        "io.kvasir.loadtest.live..",
        "io.kvasir..cli..");
  }
}

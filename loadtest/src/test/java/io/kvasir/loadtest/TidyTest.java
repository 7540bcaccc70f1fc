package io.kvasir.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The countable rules: no number of the ratchet file is exceeded, and none stays too high. */
final class TidyTest {
  private static final String RATCHET = "docs/tidy-ratchet.txt";

  @Test
  void numbersOnlyGoDown() throws IOException {
    Path home = Path.of(Objects.requireNonNull(System.getProperty("kvasir.home"), "kvasir.home"));
    Map<String, Integer> limits = limits(Files.readAllLines(home.resolve(RATCHET)));
    Map<String, Tidy.Measure> measures = Tidy.measure(Tidy.read(home));
    assertThat(limits).as(RATCHET).containsOnlyKeys(measures.keySet());

    List<String> complaints = complaints(measures, limits);
    if (!complaints.isEmpty()) {
      fail(String.join("\n", complaints));
    }
  }

  @Test
  void everyMeasureNoticesItsOffence() {
    Tidy.Source product =
        new Tidy.Source(
            "kvpool/src/main/java/A.java",
            "// TO"
                + "DO later\npublic final class A { int a = System.out.hashCode(); }\n"
                + "\n".repeat(301));
    Tidy.Source test =
        new Tidy.Source("kvpool/src/test/java/ATest.java", "@" + "Disabled\nThread" + ".sleep(1);");
    assertThat(Tidy.measure(List.of(product, test)))
        .containsExactly(
            entry("longest-file-lines", in(product, 303)),
            entry("median-file-lines", in(product, 303)),
            entry("files-above-300-lines", in(product, 1)),
            entry("left-to-do", in(product, 1)),
            entry("disabled-tests", in(test, 1)),
            entry("sleeps-in-tests", in(test, 1)),
            entry("prints-outside-commands", in(product, 1)),
            entry("public-types-without-javadoc", in(product, 1)));
  }

  @Test
  void onlyTheTypeWithoutJavadocCounts() {
    Tidy.Source source =
        new Tidy.Source(
            "kvpool/src/main/java/A.java",
            """
            package a;

            /** A thing. */
            @Deprecated
            @Command(
                name = "a",
                names = {"b (c)", "d"})
            public record A() {
              /// A part of it.
              public static final class Part {}

              public enum Bare {}
            }
            """);
    assertThat(Tidy.measure(List.of(source)))
        .containsEntry("public-types-without-javadoc", in(source, 1));
  }

  @Test
  void numberAboveOrBelowItsLimitIsNamed() {
    assertThat(complaint("left-to-do", 2, 1))
        .isEqualTo("left-to-do is 2, above 1 in docs/tidy-ratchet.txt; look at A.java.");
    assertThat(complaint("left-to-do", 0, 1))
        .isEqualTo("left-to-do fell below 1: write 'left-to-do 0' in docs/tidy-ratchet.txt.");
    assertThat(complaint("left-to-do", 1, 1)).isEmpty();
    assertThat(complaint("median-file-lines", 50, 180)).isEmpty();
  }

  private static String complaint(String name, int value, int limit) {
    Tidy.Measure measure = new Tidy.Measure(value, List.of("A.java"));
    return String.join("\n", complaints(Map.of(name, measure), Map.of(name, limit)));
  }

  private static Tidy.Measure in(Tidy.Source source, int value) {
    return new Tidy.Measure(value, List.of(source.path()));
  }

  /** Sizes may lie below their limit; a count that fell must be written down. */
  private static List<String> complaints(
      Map<String, Tidy.Measure> measures, Map<String, Integer> limits) {
    List<String> complaints = new ArrayList<>();
    measures.forEach((name, measure) -> {
      int value = measure.value();
      int limit = limits.getOrDefault(name, 0);
      if (value > limit) {
        complaints.add(
            "%s is %d, above %d in %s; look at %s."
                .formatted(name, value, limit, RATCHET, String.join(", ", measure.where())));
      } else if (value < limit && !name.endsWith("-file-lines")) {
        complaints.add(
            "%s fell below %d: write '%s %d' in %s.".formatted(name, limit, name, value, RATCHET));
      }
    });
    return complaints;
  }

  private static Map<String, Integer> limits(List<String> lines) {
    Map<String, Integer> limits = new LinkedHashMap<>();
    for (String line : lines) {
      if (!line.isBlank() && !line.startsWith("#")) {
        int space = line.indexOf(' ');
        limits.put(line.substring(0, space), Integer.parseInt(line.substring(space + 1).strip()));
      }
    }
    return limits;
  }
}

package io.kvasir.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
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
    Map<String, Integer> measures = Tidy.measure(Tidy.read(home));
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
        .isEqualTo(
            Map.of(
                "longest-file-lines", 303,
                "median-file-lines", 303,
                "files-above-300-lines", 1,
                "left-to-do", 1,
                "disabled-tests", 1,
                "sleeps-in-tests", 1,
                "prints-outside-commands", 1,
                "public-types-without-javadoc", 1));
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
    assertThat(Tidy.measure(List.of(source))).containsEntry("public-types-without-javadoc", 1);
  }

  @Test
  void numberAboveOrFarBelowItsLimitIsNamed() {
    assertThat(complaints(Map.of("left-to-do", 2), Map.of("left-to-do", 1)))
        .singleElement()
        .asString()
        .contains("left-to-do is 2, above 1");
    assertThat(complaints(Map.of("left-to-do", 0), Map.of("left-to-do", 1)))
        .singleElement()
        .asString()
        .contains("left-to-do 0");
    assertThat(complaints(Map.of("median-file-lines", 50), Map.of("median-file-lines", 180)))
        .isEmpty();
  }

  /**
   * Sizes may lie below their limit; a count that fell must be written down, so it cannot rise
   * again.
   */
  private static List<String> complaints(
      Map<String, Integer> measures, Map<String, Integer> limits) {
    List<String> complaints = new ArrayList<>();
    measures.forEach((name, measured) -> {
      int limit = limits.getOrDefault(name, 0);
      if (measured > limit) {
        complaints.add(name + " is " + measured + ", above " + limit + " in " + RATCHET + ".");
      } else if (measured < limit && !name.endsWith("-file-lines")) {
        complaints.add(
            name
                + " fell below "
                + limit
                + ": write '"
                + name
                + " "
                + measured
                + "' in "
                + RATCHET
                + ".");
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

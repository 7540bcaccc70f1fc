package io.kvasir.loadtest;

import static java.util.Comparator.comparingInt;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Counts what can be counted about the sources; each count has a name in the ratchet file. */
final class Tidy {
  /** One Java file: its path from the root of the repository, with slashes, and its text. */
  record Source(String path, String text) {
    int lines() {
      return (int) text.lines().count();
    }

    boolean isTest() {
      return path.contains("/src/test/");
    }

    boolean isCommand() {
      return path.contains("/cli/");
    }

    int matches(Pattern pattern) {
      return (int) pattern.matcher(text).results().count();
    }
  }

  /** A number, and the files that it comes from. */
  record Measure(int value, List<String> where) {}

  private static final int LARGE_FILE_LINES = 300;

  // Written so that no pattern matches the line that it stands on.
  private static final Pattern LEFT_TO_DO = Pattern.compile("\\b(?:T[O]DO|F[I]XME)\\b");
  private static final Pattern DISABLED = Pattern.compile("@[D]isabled\\b");
  private static final Pattern SLEEP =
      Pattern.compile("\\bThread[.]sleep\\(|\\bTimeUnit[.]\\w+[.]sleep\\(");
  private static final Pattern PRINT = Pattern.compile("\\bSystem[.](?:out|err)\\b");
  private static final Pattern PUBLIC_TYPE =
      Pattern.compile(
          "(?m)^ *public (?:(?:abstract|final|sealed|non-sealed|static|strictfp) )*"
              + "(?:class|interface|@interface|enum|record) ");
  private static final Pattern ARGUMENTS = Pattern.compile("\\([^()]*\\)");
  private static final Pattern JAVADOC_AND_ANNOTATIONS =
      Pattern.compile("(?s).*(?:\\*/|\\R *///[^\n]*)\\s*(?:@[\\w.]+\\s*)*");

  private Tidy() {}

  /** Reads every Java source below {@code root} that a person wrote. */
  static List<Source> read(Path root) {
    try (Stream<Path> paths = Files.find(root, 32, (path, info) -> info.isRegularFile())) {
      return paths
          .filter(path -> path.toString().endsWith(".java"))
          .map(path -> source(root, path))
          .filter(source -> source.path().matches("[^/]+/src/.*"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every measure by its name. Less is better. */
  static Map<String, Measure> measure(List<Source> sources) {
    List<Source> product = sources.stream().filter(source -> !source.isTest()).toList();
    List<Source> tests = sources.stream().filter(Source::isTest).toList();
    List<Source> quiet = product.stream().filter(source -> !source.isCommand()).toList();
    List<Source> bySize = product.stream().sorted(comparingInt(Source::lines)).toList();

    Map<String, Measure> measures = new LinkedHashMap<>();
    measures.put("longest-file-lines", largest(sources));
    measures.put("median-file-lines", largest(bySize.subList(0, (bySize.size() + 1) / 2)));
    measures.put("files-above-300-lines", count(sources, Tidy::isLarge));
    measures.put("left-to-do", count(sources, source -> source.matches(LEFT_TO_DO)));
    measures.put("disabled-tests", count(tests, source -> source.matches(DISABLED)));
    measures.put("sleeps-in-tests", count(tests, source -> source.matches(SLEEP)));
    measures.put("prints-outside-commands", count(quiet, source -> source.matches(PRINT)));
    measures.put("public-types-without-javadoc", count(product, Tidy::undocumentedTypes));
    return measures;
  }

  private static Source source(Path root, Path path) {
    try {
      String relative = root.relativize(path).toString().replace('\\', '/');
      return new Source(relative, Files.readString(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Measure largest(List<Source> sources) {
    return sources.stream()
        .max(comparingInt(Source::lines))
        .map(source -> new Measure(source.lines(), List.of(source.path())))
        .orElse(new Measure(0, List.of()));
  }

  private static Measure count(List<Source> sources, ToIntFunction<Source> offences) {
    return new Measure(
        sources.stream().mapToInt(offences).sum(),
        sources.stream()
            .filter(source -> offences.applyAsInt(source) > 0)
            .map(Source::path)
            .toList());
  }

  private static int isLarge(Source source) {
    return source.lines() > LARGE_FILE_LINES ? 1 : 0;
  }

  private static int undocumentedTypes(Source source) {
    return (int)
        PUBLIC_TYPE
            .matcher(source.text())
            .results()
            .map(type -> withoutArguments(source.text().substring(0, type.start())))
            .filter(before -> !JAVADOC_AND_ANNOTATIONS.matcher(before).matches())
            .count();
  }

  /** Drops everything in parentheses, so that an annotation is nothing but its name. */
  private static String withoutArguments(String text) {
    String before = text;
    String after = ARGUMENTS.matcher(before).replaceAll("");
    while (!after.equals(before)) {
      before = after;
      after = ARGUMENTS.matcher(before).replaceAll("");
    }
    return after;
  }
}

package io.kvasir.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What holds for every command. */
final class KvasirTest {
  private static final int WIDTH = 80;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "demo",
        "serve",
        "generate",
        "worker",
        "model inspect",
        "loadtest",
        "simulate hitrate"
      })
  void everyCommandKnowsItsVersion(String command) {
    StringWriter out = new StringWriter();
    String[] arguments = (command + " --version").strip().split(" ", -1);
    assertThat(Kvasir.commandLine().setOut(new PrintWriter(out, true)).execute(arguments)).isZero();
    assertThat(out.toString()).startsWith("kvasir ").contains("Java ");
  }

  /** A wrapped line of an example cannot be copied. */
  @ParameterizedTest
  @ValueSource(strings = {"demo", "loadtest", "plan"})
  void examplesFitTheNarrowestTerminal(String command) {
    CommandLine subcommand =
        Objects.requireNonNull(Kvasir.commandLine().getSubcommands().get(command));
    assertThat(subcommand.getCommandSpec().usageMessage().footer())
        .filteredOn(line -> line.startsWith("  "))
        .allSatisfy(line -> assertThat(line).hasSizeLessThan(WIDTH));
  }
}

package io.kvasir.scheduler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

class ConfigFileTest {
  private static final SortedSet<String> KNOWN = new TreeSet<>(Set.of("host", "port"));

  @TempDir private Path folder;

  /** A command with every kind of option. */
  @Command(name = "fake", preprocessor = ConfigFilePreprocessor.class)
  private static final class FakeCommand {
    @Option(names = "--config")
    private Path config = Path.of("");

    @Option(names = "--port", required = true)
    private int port;

    @Option(names = {"-n", "--name"})
    private String name = "none";

    @Option(names = "--json")
    private boolean json;
  }

  @Test
  void readsNamesAndValuesInOrder() throws IOException {
    assertThat(ConfigFile.read(file("port: 0 # free\nhost: 'a b'\n"), KNOWN))
        .containsExactly(Map.entry("port", "0"), Map.entry("host", "a b"));
    assertThat(ConfigFile.read(file(""), KNOWN)).isEmpty();
  }

  @Test
  void refusesWithTheLine() throws IOException {
    assertRefused("host: x\nprot: 1\n", "line 2: unknown option 'prot'; there are host, port");
    assertRefused("port: 1\nport: 2\n", "line 2: port is there twice");
    assertRefused("\nport: [1, 2]\n", "line 2: port takes one value");
    assertRefused("- port\n", "line 1: a mapping");
    assertRefused("port: {\n", "not YAML");
    assertRefused("? [a]\n: b\n", "Non scalar key");
    assertThatThrownBy(() -> ConfigFile.read(folder.resolve("none.yaml"), KNOWN))
        .hasMessageContaining("none.yaml does not exist");
  }

  @Test
  void neverConstructsObjects() throws IOException {
    Path file = file("host: !!java.net.URL [\"http://example.com\"]\n");
    assertThatThrownBy(() -> ConfigFile.read(file, KNOWN)).hasMessageContaining("one value");
  }

  @Test
  void theFileCountsAsIfItStoodInFront() throws IOException {
    FakeCommand command = parse("--config", file("port: 5\njson: true\n").toString());
    assertThat(command.port).isEqualTo(5);
    assertThat(command.json).isTrue();
    assertThat(command.name).isEqualTo("none");
  }

  @Test
  void theCommandLineWins() throws IOException {
    Path file = file("port: 5\nname: file\n");
    assertThat(parse("--config=" + file, "--port", "6").port).isEqualTo(6);
    assertThat(parse("--port=6", "--config=" + file).port).isEqualTo(6);
    assertThat(parse("-n", "line", "--config", file.toString()).name).isEqualTo("line");
  }

  @Test
  void mistakesInTheFileAreMistakesOfTheCall() throws IOException {
    Path wrongType = file("port: many\n");
    assertThatThrownBy(() -> parse("--config", wrongType.toString()))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("--port");
    Path recursive = file("config: other.yaml\nport: 1\n");
    assertThatThrownBy(() -> parse("--config", recursive.toString()))
        .hasMessageContaining("unknown option 'config'");
  }

  @Test
  void serveExplainsItself() {
    StringWriter out = new StringWriter();
    CommandLine serve = new CommandLine(new ServeCommand()).setOut(new PrintWriter(out));
    assertThat(serve.execute("--help")).isZero();
    assertThat(out.toString()).contains("--grpc-port=PORT", "9090", "--model=FILE");
    assertThat(new CommandLine(new GenerateCommand()).getUsageMessage())
        .contains("--target", "--prompt", "--token-ids");
  }

  private static FakeCommand parse(String... arguments) {
    FakeCommand command = new FakeCommand();
    new CommandLine(command).parseArgs(arguments);
    assertThat(command.config).isNotEqualTo(Path.of(""));
    return command;
  }

  private void assertRefused(String yaml, String expected) throws IOException {
    Path file = file(yaml);
    assertThatThrownBy(() -> ConfigFile.read(file, KNOWN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(expected);
  }

  private Path file(String yaml) throws IOException {
    return Files.write(
        Files.createTempFile(folder, "config", ".yaml"), yaml.getBytes(StandardCharsets.UTF_8));
  }
}

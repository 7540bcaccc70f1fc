package io.kvasir.loadtest.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvasir.loadtest.cli.Kvasir;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code kvasir} in a process of its own. */
final class KvasirProcess implements AutoCloseable {
  private final Process process;
  private final Path log;

  private KvasirProcess(Path folder, List<String> arguments) throws IOException {
    this(folder, List.of(), arguments);
  }

  private KvasirProcess(Path folder, List<String> wrapper, List<String> arguments)
      throws IOException {
    log = Files.createTempFile(folder, arguments.getFirst(), ".log");
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "@" + Path.of(System.getProperty("kvasir.home"), "scripts", "java-options"),
            "-cp",
            System.getProperty("java.class.path"),
            Kvasir.class.getName()));
    command.addAll(arguments);
    process = new ProcessBuilder(command).redirectError(Redirect.appendTo(log.toFile())).start();
  }

  /** Starts a worker for the scheduler at a port of this machine. */
  static KvasirProcess worker(int schedulerPort, Path model, Path folder) throws IOException {
    return new KvasirProcess(
        folder,
        List.of(
            "worker",
            "--scheduler",
            "127.0.0.1:" + schedulerPort,
            "--model",
            model.toString(),
            "--kv-blocks",
            "256",
            "--threads",
            "1"));
  }

  /** Starts a server at free ports. */
  static KvasirProcess server(Path folder, List<String> options) throws IOException {
    return server(folder, List.of(), options);
  }

  /** Starts a server at free ports, by a command that runs the rest of its arguments. */
  static KvasirProcess server(Path folder, List<String> wrapper, List<String> options)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("serve", "--json", "--grpc-port", "0", "--http-port", "0"));
    arguments.addAll(options);
    return new KvasirProcess(folder, wrapper, arguments);
  }

  /** Waits until a server serves; its port for clients. */
  int awaitPort() throws IOException {
    String ready = process.inputReader(UTF_8).readLine();
    if (ready == null) {
      throw new AssertionError("the server ended:\n" + output());
    }
    return new ObjectMapper().readTree(ready).get("grpc_port").asInt();
  }

  /** As {@code kill -9}. */
  void kill() {
    process.destroyForcibly();
    await();
  }

  /** As {@code kill}; its exit status. */
  int terminate() {
    process.destroy();
    return await();
  }

  /** What it logged. */
  String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its id; a wrapper that becomes the process keeps it. */
  long pid() {
    return process.pid();
  }

  /** Waits for its end; its exit status. */
  int await() {
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new AssertionError("the process does not end:\n" + output());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}

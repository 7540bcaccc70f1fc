package io.kvasir.loadtest.e2e;

import io.kvasir.loadtest.cli.Kvasir;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code kvasir worker} in a process of its own. */
final class WorkerProcess implements AutoCloseable {
  private final Process process;
  private final Path log;

  private WorkerProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts a worker for the scheduler at a port of this machine. */
  static WorkerProcess start(int schedulerPort, Path model, Path folder) throws IOException {
    Path log = Files.createTempFile(folder, "worker", ".log");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "@" + Path.of(System.getProperty("kvasir.home"), "scripts", "java-options"),
            "-cp",
            System.getProperty("java.class.path"),
            Kvasir.class.getName(),
            "worker",
            "--scheduler",
            "127.0.0.1:" + schedulerPort,
            "--model",
            model.toString(),
            "--kv-blocks",
            "256",
            "--threads",
            "1");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    return new WorkerProcess(process, log);
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

  /** What it printed. */
  String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int await() {
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new AssertionError("the worker does not end:\n" + output());
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

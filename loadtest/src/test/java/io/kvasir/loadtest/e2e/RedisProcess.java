package io.kvasir.loadtest.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A Valkey or Redis server in a process of its own; skips the test where there is none. */
final class RedisProcess implements AutoCloseable {
  private final Path program;
  private final Path folder;
  private final int port;
  private Process process;

  private RedisProcess(Path program, Path folder) throws IOException {
    this.program = program;
    this.folder = folder;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    process = launch();
  }

  static RedisProcess start(Path folder) throws IOException {
    Optional<Path> program = find();
    assumeTrue(program.isPresent(), "neither valkey-server nor redis-server is on the PATH");
    return new RedisProcess(program.get(), folder);
  }

  private static Optional<Path> find() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .flatMap(dir -> Stream.of(Path.of(dir, "valkey-server"), Path.of(dir, "redis-server")))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private Process launch() throws IOException {
    Path log = folder.resolve("redis.log");
    Process started =
        new ProcessBuilder(
                List.of(
                    program.toString(),
                    "--port",
                    Integer.toString(port),
                    "--bind",
                    "127.0.0.1",
                    "--dir",
                    folder.toString(),
                    "--save",
                    "",
                    "--appendonly",
                    "no"))
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()))
            .start();
    while (!accepts()) {
      if (!started.isAlive()) {
        throw new IOException("the server ended:\n" + Files.readString(log));
      }
      Thread.onSpinWait();
    }
    return started;
  }

  private boolean accepts() {
    try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  String uri() {
    return "redis://127.0.0.1:" + port;
  }

  /** As {@code kill -9}. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Starts it again at the same port, empty. */
  void restart() throws IOException {
    process = launch();
  }

  @Override
  public void close() {
    kill();
  }
}

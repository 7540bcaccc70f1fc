package io.kvasir.offload.store.remote;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A real server in a process of its own; tests that ask for one are skipped where there is none.
 */
public final class RedisServer implements AutoCloseable {
  private static final List<String> NAMES = List.of("valkey-server", "redis-server");

  private final Path program;
  private final Path folder;
  private final int port;
  private final List<String> options;
  private Process process;

  private RedisServer(Path program, Path folder, List<String> options) throws IOException {
    this.program = program;
    this.folder = folder;
    this.options = options;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    process = launch();
  }

  /** Starts a server without persistence. */
  public static RedisServer start(Path folder, String... options) throws IOException {
    Path program = find();
    assumeTrue(program != null, "neither valkey-server nor redis-server is on the PATH");
    return new RedisServer(program, folder, List.of(options));
  }

  private static @Nullable Path find() {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      for (String name : NAMES) {
        Path program = Path.of(folder, name);
        if (Files.isExecutable(program)) {
          return program;
        }
      }
    }
    return null;
  }

  private Process launch() throws IOException {
    List<String> command =
        new ArrayList<>(
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
                "no"));
    command.addAll(options);
    Process started =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
    while (!accepts()) {
      if (!started.isAlive()) {
        throw new IOException("the server ended:\n" + Files.readString(folder.resolve("log")));
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

  /** Where it listens. */
  public int port() {
    return port;
  }

  /** As users give it. */
  public String uri() {
    return "redis://127.0.0.1:" + port;
  }

  /** As {@code kill -9}. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Starts it again at the same port, empty. */
  public void restart() throws IOException {
    process = launch();
  }

  /** Stops it without killing it: connections stay, nothing is answered. */
  public void freeze() throws IOException, InterruptedException {
    signal("-STOP");
  }

  /** Lets it go on. */
  public void thaw() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", name, Long.toString(process.pid())).inheritIO().start().waitFor();
  }

  /** Sends one command over a connection of its own; the first 4 KiB of the answer, raw. */
  public String ask(String... words) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      OutputStream out = socket.getOutputStream();
      out.write((String.join(" ", words) + "\r\n").getBytes(StandardCharsets.UTF_8));
      InputStream in = socket.getInputStream();
      byte[] answer = new byte[4096];
      return new String(answer, 0, Math.max(0, in.read(answer)), StandardCharsets.UTF_8).strip();
    }
  }

  @Override
  public void close() {
    kill();
  }
}

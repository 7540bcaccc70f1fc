package io.kvasir.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A memory file system of a few MiB in namespaces of its own, which a process holds that does
 * nothing else. Others enter it by a command; the test sees it through {@code /proc}. Skips the
 * test where the system does not let a user do so.
 */
final class SmallDisk implements AutoCloseable {
  private static final String FILLER = "filler";

  private final Process holder;
  private final Path mountPoint;

  private SmallDisk(Process holder, Path mountPoint) {
    this.holder = holder;
    this.mountPoint = mountPoint;
  }

  /** Mounts it below a folder. */
  static SmallDisk mount(Path folder, long bytes) throws IOException {
    Path point = Files.createDirectory(folder.resolve("disk"));
    String script =
        "mount -t tmpfs -o size=%d none '%s' && echo mounted && exec cat".formatted(bytes, point);
    Process holder;
    try {
      holder =
          new ProcessBuilder("unshare", "-rm", "sh", "-c", script)
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      assumeTrue(false, "no unshare here: " + e.getMessage());
      throw e;
    }
    SmallDisk disk = new SmallDisk(holder, point);
    String said = holder.inputReader().readLine();
    if (!"mounted".equals(said) || !disk.run(List.of("true"))) {
      disk.close();
      assumeTrue(false, "no file system can be mounted here: " + said);
    }
    return disk;
  }

  /** Where it is, for those who entered. */
  Path mountPoint() {
    return mountPoint;
  }

  /** A command that enters and becomes what its further arguments say. */
  List<String> entering() {
    String pid = Long.toString(holder.pid());
    return List.of("nsenter", "--preserve-credentials", "-t", pid, "-U", "-m", "--");
  }

  /** Takes all that is free. */
  void fill() throws IOException {
    byte[] zeros = new byte[4096];
    try (OutputStream filler = Files.newOutputStream(seen(FILLER))) {
      while (true) {
        filler.write(zeros);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  /** Gives back what {@link #fill} took. */
  void empty() throws IOException {
    Files.delete(seen(FILLER));
  }

  /** Gives the disk back what a part of a file takes; the part reads as zero. */
  void punch(String file, long offset, long bytes) throws IOException {
    List<String> command =
        List.of(
            "fallocate",
            "--punch-hole",
            "--offset",
            Long.toString(offset),
            "--length",
            Long.toString(bytes),
            mountPoint.resolve(file).toString());
    assumeTrue(run(command), "no holes can be punched here");
  }

  private Path seen(String file) {
    return Path.of("/proc/" + holder.pid() + "/root" + mountPoint).resolve(file);
  }

  private boolean run(List<String> command) throws IOException {
    List<String> all = new ArrayList<>(entering());
    all.addAll(command);
    Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
    process.getInputStream().transferTo(OutputStream.nullOutputStream());
    return process.onExit().join().exitValue() == 0;
  }

  @Override
  public void close() {
    holder.destroyForcibly().onExit().join();
  }
}

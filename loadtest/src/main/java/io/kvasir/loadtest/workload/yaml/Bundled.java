package io.kvasir.loadtest.workload.yaml;

import io.kvasir.loadtest.workload.WorkloadException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The workloads and texts that come with the program. */
public final class Bundled {
  /** The names of the bundled workloads. */
  public static final List<String> WORKLOADS =
      List.of("mixed", "chat", "burst", "demo", "flood", "sharegpt");

  private static final String ROOT = "/io/kvasir/loadtest/workload/";

  private Bundled() {}

  /** The YAML of the bundled workload {@code name}, if there is one. */
  public static Optional<String> workload(String name) {
    return WORKLOADS.contains(name) ? read(name + ".yaml") : Optional.empty();
  }

  /** The lines of a bundled text, without blank ones and comments. */
  static List<String> lines(String file) {
    String text =
        read(file + ".txt")
            .orElseThrow(() -> new WorkloadException("no bundled file '" + file + "'"));
    return text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
  }

  private static Optional<String> read(String file) {
    try (InputStream in = Bundled.class.getResourceAsStream(ROOT + file)) {
      return in == null
          ? Optional.empty()
          : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

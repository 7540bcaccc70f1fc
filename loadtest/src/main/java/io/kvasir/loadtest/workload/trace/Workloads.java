package io.kvasir.loadtest.workload.trace;

import io.kvasir.loadtest.workload.Workload;
import io.kvasir.loadtest.workload.WorkloadException;
import io.kvasir.loadtest.workload.yaml.Bundled;
import io.kvasir.loadtest.workload.yaml.WorkloadYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds workloads by what people call them. */
public final class Workloads {
  private static final String TRACE = "trace:";

  private Workloads() {}

  /**
   * The workload of that name.
   *
   * @param name a bundled workload, a YAML file, or {@code trace:FILE}
   * @throws WorkloadException if there is none or it cannot be used
   */
  public static Workload find(String name) {
    if (name.startsWith(TRACE)) {
      return TraceWorkload.of(Path.of(name.substring(TRACE.length())));
    }
    Optional<String> bundled = Bundled.workload(name);
    if (bundled.isPresent()) {
      return WorkloadYaml.parse(name + ".yaml", name, bundled.get());
    }
    Path file = Path.of(name);
    if (!Files.isRegularFile(file)) {
      throw new WorkloadException(
          "'%s' is neither a bundled workload (%s), nor a file, nor trace:FILE"
              .formatted(name, String.join(", ", Bundled.WORKLOADS)));
    }
    try {
      return WorkloadYaml.parse(name, file.getFileName().toString(), Files.readString(file));
    } catch (IOException e) {
      throw WorkloadException.unreadable(name, e);
    }
  }
}

package io.kvasir.worker.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The model that comes with the program. */
public final class BundledModel {
  private BundledModel() {}

  /**
   * Its file, below the directory that the system property {@code kvasir.home} names.
   *
   * @param option what names another file, for the message
   * @throws IOException if there is none
   */
  public static Path file(String option) throws IOException {
    String home = System.getProperty("kvasir.home", ".");
    Path directory = Path.of(home, "worker", "models");
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.list(directory)) {
        Path model =
            files
                .filter(file -> file.toString().endsWith(".gguf"))
                .sorted()
                .findFirst()
                .orElse(null);
        if (model != null) {
          return model;
        }
      }
    }
    throw new IOException("no bundled model in " + directory + "; name one with " + option);
  }
}

package io.kvasir.loadtest.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Files that a command writes when it has something to write. */
final class OutputFiles {
  private OutputFiles() {}

  /** Refuses a file that could not be written, before anything is run for it. */
  static void check(CommandSpec spec, String option, @Nullable Path file) {
    Path parent = file == null ? null : file.toAbsolutePath().getParent();
    if (file != null && (Files.isDirectory(file) || parent == null || !Files.isDirectory(parent))) {
      throw new ParameterException(
          spec.commandLine(), option + ": " + file + " is not a file in an existing directory.");
    }
  }

  /** Writes a text, if there is a file for it; an error names option and file. */
  static void write(String option, @Nullable Path file, String text) throws IOException {
    if (file != null) {
      try {
        Files.writeString(file, text);
      } catch (IOException e) {
        throw new IOException(option + ": " + file + " cannot be written: " + e, e);
      }
    }
  }
}

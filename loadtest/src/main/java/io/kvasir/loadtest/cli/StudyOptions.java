package io.kvasir.loadtest.cli;

import static io.kvasir.worker.cli.OptionCheck.require;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the commands that measure this machine's disk have in common. */
final class StudyOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description =
          "Where the file of the SSD tier lies, on the disk to measure (default: where temporary"
              + " files do).")
  private Path directory = Path.of(System.getProperty("java.io.tmpdir"));

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the figures to this file as one JSON object too.")
  private @Nullable Path json;

  /** Measures something. */
  @FunctionalInterface
  interface Study {
    /** Prints lines as they are known; returns the figures as JSON. */
    String run(Path directory, Consumer<String> lines) throws IOException;
  }

  /** Runs a study, prints its lines and writes its figures. */
  int run(Study study) {
    require(spec, Files.isDirectory(directory), "--directory: " + directory + " is no directory.");
    OutputFiles.check(spec, "--json", json);
    PrintWriter out = spec.commandLine().getOut();
    try {
      String figures =
          study.run(
              directory,
              line -> {
                out.println(line);
                out.flush();
              });
      OutputFiles.write("--json", json, figures + "\n");
      return ExitCode.OK;
    } catch (IOException e) {
      spec.commandLine().getErr().println(e);
      return ExitCode.SOFTWARE;
    }
  }
}

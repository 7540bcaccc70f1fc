package io.kvasir.loadtest.cli;

import io.kvasir.loadtest.disk.DiskStudy;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures how much of a disk the SSD tier leaves over. */
@Command(
    name = "disk",
    description = {
      "Measure how much of a disk's speed the SSD tier reaches.",
      "",
      "Batches of records are written and read through the tier's store and, in turn with them, as"
          + " many bytes with one plain O_DIRECT call. Shown is the median share of the pairs."
          + " Needs 513 MiB in the directory while it runs."
    },
    footer = {
      "",
      "Exit codes: 0 done, 1 a file cannot be made, written or read, 2 called wrongly.",
      "",
      "Example:",
      "  kvasir bench disk --directory /mnt/nvme --json disk.json"
    },
    mixinStandardHelpOptions = true)
final class DiskCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description = "A directory on the disk (default: where temporary files are).")
  private Path directory = Path.of(System.getProperty("java.io.tmpdir"));

  @Option(
      names = "--pairs",
      paramLabel = "N",
      description = "Pairs per row, 1 to 100000 (default: ${DEFAULT-VALUE}).")
  private int pairs = 1000;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the figures to this file as one JSON object too.")
  private @Nullable Path json;

  @Override
  public Integer call() {
    require(pairs >= 1 && pairs <= 100_000, "--pairs is 1 to 100000.");
    require(Files.isDirectory(directory), "--directory: " + directory + " is no directory.");
    PrintWriter out = spec.commandLine().getOut();
    try {
      String figures =
          new DiskStudy(directory, pairs)
              .run(line -> {
                out.println(line);
                out.flush();
              });
      if (json != null) {
        Files.writeString(json, figures + "\n");
      }
      return ExitCode.OK;
    } catch (IOException e) {
      spec.commandLine().getErr().println(e);
      return ExitCode.SOFTWARE;
    }
  }

  private void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), otherwise);
    }
  }
}

package io.kvasir.loadtest.cli;

import static io.kvasir.worker.cli.OptionCheck.within;

import io.kvasir.loadtest.disk.DiskStudy;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

  @Mixin private StudyOptions study;

  @Option(
      names = "--pairs",
      paramLabel = "N",
      description = "Pairs per row, 1 to 100000 (default: ${DEFAULT-VALUE}).")
  private int pairs = 1000;

  @Override
  public Integer call() {
    within(spec, "--pairs", pairs, 1, 100_000);
    return study.run((directory, lines) -> new DiskStudy(directory, pairs).run(lines));
  }
}

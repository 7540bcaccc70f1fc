package io.kvasir.loadtest.cli;

import io.kvasir.worker.cli.WorkerCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command line of Kvasir: every command is listed here and lives in a file of its own. */
@Command(
    name = "kvasir",
    description = "An LLM serving scheduler.",
    mixinStandardHelpOptions = true,
    versionProvider = KvasirVersion.class,
    subcommands = {
      WorkerCommand.class,
      LoadtestCommand.class,
      BenchCommand.class,
      HelpCommand.class
    })
public final class Kvasir {
  private Kvasir() {}

  /**
   * Runs one command and exits with its code: 0 done, 1 failed, 2 called wrongly.
   *
   * @param args the command and its arguments
   */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** The whole command line, ready to be executed once. */
  static CommandLine commandLine() {
    return new CommandLine(new Kvasir()).setUsageHelpAutoWidth(true);
  }
}

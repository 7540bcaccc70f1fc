package io.kvasir.loadtest.cli;

import io.kvasir.scheduler.cli.GenerateCommand;
import io.kvasir.scheduler.cli.ServeCommand;
import io.kvasir.scheduler.cli.TenantsCommand;
import io.kvasir.worker.cli.ModelCommand;
import io.kvasir.worker.cli.WorkerCommand;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;

/** The command line of Kvasir: every command is listed here and lives in a file of its own. */
@Command(
    name = "kvasir",
    description = "An LLM serving scheduler.",
    mixinStandardHelpOptions = true,
    subcommands = {
      DemoCommand.class,
      ServeCommand.class,
      GenerateCommand.class,
      TenantsCommand.class,
      WorkerCommand.class,
      ModelCommand.class,
      LoadtestCommand.class,
      BenchCommand.class,
      SimulateCommand.class,
      PlanCommand.class,
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
    // Figures look the same everywhere, and files of the same seed are the same.
    Locale.setDefault(Locale.ROOT);
    System.exit(commandLine().execute(args));
  }

  /** The whole command line, ready to be executed once. */
  static CommandLine commandLine() {
    CommandLine kvasir = new CommandLine(new Kvasir());
    giveVersion(kvasir);
    return kvasir.setUsageHelpAutoWidth(true).setParameterExceptionHandler(Kvasir::calledWrongly);
  }

  /** Every command has --version; picocli lets none of them ask its parent for the answer. */
  private static void giveVersion(CommandLine command) {
    command.getCommandSpec().versionProvider(new KvasirVersion());
    command.getSubcommands().values().forEach(Kvasir::giveVersion);
  }

  /** One line says what is wrong; the whole help would push it off the screen. */
  private static int calledWrongly(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    command
        .getErr()
        .printf("%s (%s --help)%n", e.getMessage(), command.getCommandSpec().qualifiedName());
    return ExitCode.USAGE;
  }
}

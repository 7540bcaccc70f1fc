package io.kvasir.loadtest.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Studies that need no server and no model. */
@Command(
    name = "simulate",
    description = "Replay traces through parts of the scheduler, without a server or a model.",
    subcommands = {HitrateCommand.class, SwapVolumeCommand.class},
    mixinStandardHelpOptions = true)
final class SimulateCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Say what to simulate: hitrate or swapvolume.");
  }
}

package io.kvasir.loadtest.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Studies that need no server and no model. */
@Command(
    name = "simulate",
    description = "Run the scheduler, or parts of it, in virtual time: no server and no model.",
    subcommands = {
      SimulateRunCommand.class,
      FastSwitchCommand.class,
      FairnessCommand.class,
      PressureCommand.class,
      CalibrateCommand.class,
      FidelityCommand.class,
      HitrateCommand.class,
      SwapVolumeCommand.class
    },
    mixinStandardHelpOptions = true)
final class SimulateCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "Say what to simulate: run, fastswitch, fairness, pressure, calibrate, fidelity, hitrate"
            + " or swapvolume.");
  }
}

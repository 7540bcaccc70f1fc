package io.kvasir.worker.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What can be done with model files. */
@Command(
    name = "model",
    description =
        "Look at model files, make dummies, and measure what codecs do to a model's text.",
    mixinStandardHelpOptions = true,
    subcommands = {ModelInspectCommand.class, ModelDummyCommand.class, ModelCodecCommand.class})
public final class ModelCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing required subcommand");
  }
}

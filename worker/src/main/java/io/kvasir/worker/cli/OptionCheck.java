package io.kvasir.worker.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks of what options were given: what is wrong is a {@link ParameterException}. */
public final class OptionCheck {
  private OptionCheck() {}

  /** Refuses with {@code otherwise} unless it holds. */
  public static void require(CommandSpec spec, boolean holds, String otherwise) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), otherwise);
    }
  }

  /** The value of an option, if it is within its bounds, both included. */
  public static long within(CommandSpec spec, String option, long value, long least, long most) {
    require(
        spec,
        value >= least && value <= most,
        option + ": is " + value + ", must be " + least + " to " + most);
    return value;
  }

  /** The same for an int. */
  public static int within(CommandSpec spec, String option, int value, int least, int most) {
    return (int) within(spec, option, (long) value, least, most);
  }
}

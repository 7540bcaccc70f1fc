package io.kvasir.scheduler.cli;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.Stack;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Puts the options of the file named by {@code --config} in front of a command's arguments, except
 * those that the arguments give themselves: the command line wins. So everything about options
 * (types, required ones, mixins) holds for the file, too.
 */
final class ConfigFilePreprocessor implements IParameterPreprocessor {
  private static final String OPTION = "--config";
  private static final Set<String> NEVER_IN_A_FILE = Set.of(OPTION, "--help", "--version");

  @Override
  @SuppressWarnings("JdkObsolete") // picocli's own signature
  public boolean preprocess(
      Stack<String> arguments,
      CommandSpec command,
      @Nullable ArgSpec unused,
      Map<String, Object> info) {
    Path file = configFile(arguments);
    if (file == null) {
      return false;
    }
    Map<String, String> values;
    try {
      values = ConfigFile.read(file, knownNames(command));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), OPTION + ": " + e.getMessage(), e);
    }
    // The top of the stack is the next argument.
    Deque<String> added = new ArrayDeque<>();
    values.forEach((name, value) -> {
      if (!isGiven(arguments, command.findOption("--" + name))) {
        added.push("--" + name + "=" + value);
      }
    });
    added.forEach(arguments::push);
    return false;
  }

  private static @Nullable Path configFile(List<String> arguments) {
    for (int i = arguments.size() - 1; i >= 0; i--) {
      String argument = arguments.get(i);
      if (argument.startsWith(OPTION + "=")) {
        return Path.of(argument.substring(OPTION.length() + 1));
      }
      if (argument.equals(OPTION) && i > 0) {
        return Path.of(arguments.get(i - 1));
      }
    }
    return null;
  }

  private static SortedSet<String> knownNames(CommandSpec command) {
    SortedSet<String> names = new TreeSet<>();
    for (OptionSpec option : command.options()) {
      for (String name : option.names()) {
        if (name.startsWith("--") && !NEVER_IN_A_FILE.contains(name)) {
          names.add(name.substring(2));
        }
      }
    }
    return names;
  }

  private static boolean isGiven(List<String> arguments, OptionSpec option) {
    for (String name : option.names()) {
      for (String argument : arguments) {
        if (argument.equals(name) || argument.startsWith(name + "=")) {
          return true;
        }
      }
    }
    return false;
  }
}

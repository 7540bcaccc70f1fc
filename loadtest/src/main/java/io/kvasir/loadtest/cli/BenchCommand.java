package io.kvasir.loadtest.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs the JMH benchmarks. Forked JVMs inherit the options of this one. */
@Command(
    name = "bench",
    description = "Run the benchmarks.",
    subcommands = InterferenceCommand.class,
    mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "REGEX",
      description = "Run only benchmarks whose full name contains a match (default: all).")
  private String include = ".*";

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the results to this file, as JMH's JSON.")
  private @Nullable Path json;

  @Option(
      names = "--quick",
      description = "One fork and short iterations: proves that it runs, measures little.")
  private boolean quick;

  @Override
  public Integer call() throws RunnerException {
    ChainedOptionsBuilder options = new OptionsBuilder().include(include).shouldFailOnError(true);
    if (json != null) {
      Path parent = json.toAbsolutePath().getParent();
      if (Files.isDirectory(json) || parent == null || !Files.isDirectory(parent)) {
        throw new ParameterException(
            spec.commandLine(), "--json: " + json + " is not a file in an existing directory.");
      }
      options.resultFormat(ResultFormatType.JSON).result(json.toString());
    }
    if (quick) {
      TimeValue time = TimeValue.milliseconds(100);
      options.forks(1).warmupIterations(1).warmupTime(time);
      options.measurementIterations(2).measurementTime(time);
    }
    try {
      new Runner(options.build()).run();
    } catch (NoBenchmarksException e) {
      throw new ParameterException(
          spec.commandLine(), "No benchmark's name matches '" + include + "'.", e);
    }
    return ExitCode.OK;
  }
}

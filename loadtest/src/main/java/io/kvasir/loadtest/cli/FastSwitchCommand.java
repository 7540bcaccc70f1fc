package io.kvasir.loadtest.cli;

import static io.kvasir.worker.cli.OptionCheck.require;
import static io.kvasir.worker.cli.OptionCheck.within;

import io.kvasir.loadtest.sim.experiment.FastSwitch;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs FastSwitch's evaluation in virtual time. */
@Command(
    name = "fastswitch",
    description = {
      "Run FastSwitch's evaluation (arXiv 2411.18424) in virtual time.",
      "",
      "Conversations whose priorities change all the time, Llama-3-8B on an A10 and Qwen-32B on an"
          + " A100 with 60 GB of host memory: an engine that swaps block by block and waits for it"
          + " (as vLLM 0.3.3 does), with each of FastSwitch's three mechanisms and with all of"
          + " them, one that only recomputes (as vLLM does today), and Kvasir."
    },
    footer = {
      "",
      "Progress goes to the standard error; the same options and seed give the same files, byte for"
          + " byte. docs/experiments.md explains rows and assumptions.",
      "",
      "Exit codes: 0 done, whether goals were met or not; 1 cannot be run, 2 called wrongly.",
      "",
      "Example:",
      "  kvasir simulate fastswitch --json fastswitch.json --html fastswitch.html"
    },
    mixinStandardHelpOptions = true)
final class FastSwitchCommand implements Callable<Integer> {
  private static final int MOST_CONVERSATIONS = 100_000;

  @Spec private CommandSpec spec;

  @Mixin private ExperimentOptions options;

  @Option(
      names = "--conversations",
      paramLabel = "N",
      description = "Conversations that begin, 1 to 100000 (default: ${DEFAULT-VALUE}).")
  private int conversations = FastSwitch.Options.DEFAULT.conversations();

  @Option(
      names = "--rate",
      paramLabel = "N",
      description =
          "Requests per second, all turns of conversations counted, above 0 to 1000 (default:"
              + " ${DEFAULT-VALUE}).")
  private double rate = FastSwitch.Options.DEFAULT.requestsPerSecond();

  @Option(
      names = "--per-copy-us",
      paramLabel = "N",
      description =
          "Cost of each piece that is copied, microseconds, 0 to 1000 (default:"
              + " ${DEFAULT-VALUE}).")
  private double perCopyMicros = FastSwitch.Options.DEFAULT.pieceNanos() / 1e3;

  @Option(
      names = "--answer-tokens",
      paramLabel = "N",
      description =
          "Median tokens of an answer, 1 to 1024; the mean is 1.4 times that (default:"
              + " ${DEFAULT-VALUE}).")
  private int answerTokens = FastSwitch.Options.DEFAULT.answerTokens();

  @Override
  public Integer call() {
    within(spec, "--conversations", conversations, 1, MOST_CONVERSATIONS);
    require(spec, rate > 0 && rate <= 1000, "--rate is above 0 to 1000.");
    require(spec, perCopyMicros >= 0 && perCopyMicros <= 1000, "--per-copy-us is 0 to 1000.");
    within(spec, "--answer-tokens", answerTokens, 1, FastSwitch.MOST_ANSWER_TOKENS);
    FastSwitch.Options chosen =
        new FastSwitch.Options(conversations, rate, Math.round(perCopyMicros * 1e3), answerTokens);
    return options.run(run -> FastSwitch.run(chosen, run));
  }
}

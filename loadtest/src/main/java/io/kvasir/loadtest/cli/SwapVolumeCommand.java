package io.kvasir.loadtest.cli;

import static io.kvasir.worker.cli.OptionCheck.require;
import static io.kvasir.worker.cli.OptionCheck.within;

import io.kvasir.loadtest.swapvolume.ConversationShape;
import io.kvasir.loadtest.swapvolume.SwapVolumeReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Counts what swapping moves, with and without copies that stay. */
@Command(
    name = "swapvolume",
    description = {
      "Count the blocks that swap-outs write, with and without reuse of copies.",
      "",
      "Synthetic conversations of several turns run through the scheduler's core; a worker that"
          + " computes nothing answers. A copy stays valid after its request came back, so the next"
          + " swap-out writes only what was computed since."
    },
    footer = {
      "",
      "Exit codes: 0 done, 1 the file cannot be written, 2 called wrongly.",
      "",
      "Example:",
      "  kvasir simulate swapvolume --blocks 300,500,1000 --json swapvolume.json"
    },
    mixinStandardHelpOptions = true)
final class SwapVolumeCommand implements Callable<Integer> {
  private static final int BLOCK_TOKENS = 16;
  private static final int PAUSE_STEPS = 400;

  @Spec private CommandSpec spec;

  @Option(
      names = "--blocks",
      split = ",",
      paramLabel = "N",
      description =
          "Blocks of the device arena, of 16 tokens; several sizes give several rows (default:"
              + " 300,500,1000).")
  private List<Integer> blocks = new ArrayList<>(List.of(300, 500, 1000));

  @Option(
      names = "--tier-blocks",
      paramLabel = "N",
      description = "Blocks of the tier below, 1 to 16777216 (default: ${DEFAULT-VALUE}).")
  private int tierBlocks = 1 << 16;

  @Option(
      names = "--conversations",
      paramLabel = "N",
      description = "Conversations, 1 to 100000 (default: ${DEFAULT-VALUE}).")
  private int conversations = 200;

  @Option(
      names = "--turns",
      paramLabel = "N",
      description = "Turns of each, 1 to 1000 (default: ${DEFAULT-VALUE}).")
  private int turns = 5;

  @Option(
      names = "--user-tokens",
      paramLabel = "N",
      description = "A turn adds 1 to so many tokens, at most 65536 (default: ${DEFAULT-VALUE}).")
  private int userTokens = 100;

  @Option(
      names = "--answer-tokens",
      paramLabel = "N",
      description = "And generates 1 to so many, at most 65536 (default: ${DEFAULT-VALUE}).")
  private int answerTokens = 800;

  @Option(
      names = "--spread-steps",
      paramLabel = "N",
      description =
          "Conversations begin within so many steps, 1 to 1000000 (default: ${DEFAULT-VALUE}).")
  private int spreadSteps = 1000;

  @Option(
      names = "--priorities",
      paramLabel = "N",
      description = "Each turn has one of so many, 1 to 1000 (default: ${DEFAULT-VALUE}).")
  private int priorities = 3;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides all that is random (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the figures and their assumptions to this file as one JSON object too.")
  private @Nullable Path json;

  @Override
  public Integer call() {
    OutputFiles.check(spec, "--json", json);
    within(spec, "--conversations", conversations, 1, 100_000);
    within(spec, "--turns", turns, 1, 1000);
    within(spec, "--user-tokens", userTokens, 1, 1 << 16);
    within(spec, "--answer-tokens", answerTokens, 1, 1 << 16);
    within(spec, "--spread-steps", spreadSteps, 1, 1_000_000);
    within(spec, "--priorities", priorities, 1, 1000);
    within(spec, "--tier-blocks", tierBlocks, 1, 1 << 24);
    ConversationShape shape =
        new ConversationShape(
            conversations,
            turns,
            userTokens,
            answerTokens,
            spreadSteps,
            PAUSE_STEPS,
            priorities,
            seed);
    long longest = (long) turns * (userTokens + answerTokens);
    long least = Math.ceilDiv(longest, (long) BLOCK_TOKENS) + 1;
    require(
        spec,
        blocks.stream().allMatch(size -> size >= least && size <= 1 << 24),
        "--blocks is %d (the longest conversation) to %d.".formatted(least, 1 << 24));
    SwapVolumeReport report = SwapVolumeReport.of(shape, blocks, tierBlocks, BLOCK_TOKENS);
    PrintWriter out = spec.commandLine().getOut();
    out.print(report.text());
    out.flush();
    try {
      OutputFiles.write("--json", json, report.json() + "\n");
      return ExitCode.OK;
    } catch (IOException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }
}

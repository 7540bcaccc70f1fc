package io.kvasir.worker.cli;

import io.kvasir.proto.WireLimits;
import io.kvasir.worker.link.LinkEnd;
import io.kvasir.worker.link.SchedulerLink;
import io.kvasir.worker.link.SchedulerLinkConfig;
import io.kvasir.worker.memory.WorkerTiers;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.runner.ModelRunner;
import io.kvasir.worker.step.StepEngine;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs a worker in this process for a scheduler in another. */
@Command(
    name = "worker",
    description = "Run a worker for a scheduler in another process, until it is terminated.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:terminated, everything closed",
      "1:the worker failed",
      "2:called wrongly",
      "3:the scheduler refused this worker"
    })
public final class WorkerCommand implements Callable<Integer> {
  /** Exit code when the scheduler will not take this worker. */
  public static final int REFUSED = 3;

  private static final Logger log = LoggerFactory.getLogger(WorkerCommand.class);
  private static final Pattern WORKER_ID =
      Pattern.compile("[!-~]{1," + WireLimits.MAX_ID_BYTES + "}");

  @Spec private CommandSpec spec;

  @Option(
      names = "--scheduler",
      required = true,
      paramLabel = "HOST:PORT",
      converter = HostPort.Converter.class,
      description = "Where the scheduler listens for workers.")
  private HostPort scheduler = new HostPort("localhost", 1);

  @Option(
      names = "--worker-id",
      paramLabel = "ID",
      description =
          "Unique name of this worker, 1 to 128 printable ASCII characters"
              + " (default: worker- and the process id).")
  private String workerId = "worker-" + ProcessHandle.current().pid();

  @Mixin private RunnerOptions runnerOptions;

  @Mixin private TierOptions tiers;

  @Override
  public Integer call() throws InterruptedException {
    if (!WORKER_ID.matcher(workerId).matches()) {
      throw new ParameterException(
          spec.commandLine(),
          "--worker-id: must be 1 to " + WireLimits.MAX_ID_BYTES + " printable ASCII characters");
    }
    try (ModelFile model = runnerOptions.openModel();
        ModelRunner runner = runnerOptions.openRunner(model);
        WorkerTiers below = tiers.open(runner)) {
      StepEngine engine = new StepEngine(runner, runnerOptions.maxRequests(), below);
      SchedulerLinkConfig config =
          SchedulerLinkConfig.of(scheduler.host(), scheduler.port(), workerId);
      return serve(new SchedulerLink(config, engine, new Random()));
    }
  }

  private static int serve(SchedulerLink link) throws InterruptedException {
    Thread onSignal = Thread.ofPlatform().unstarted(() -> closeAndExit(link));
    Runtime.getRuntime().addShutdownHook(onSignal);
    LinkEnd end = null;
    try {
      end = link.run();
    } finally {
      if (!(end instanceof LinkEnd.Closed)) {
        // No signal: the exit code is what the command says, also when it throws.
        Runtime.getRuntime().removeShutdownHook(onSignal);
      }
    }
    return switch (end) {
      case LinkEnd.Closed() -> ExitCode.OK;
      case LinkEnd.Refused(String reason) -> failed(reason, REFUSED);
      case LinkEnd.Failed(String reason) -> failed(reason, ExitCode.SOFTWARE);
    };
  }

  /* Terminated on request is not an error, but the JVM would report the signal. */
  private static void closeAndExit(SchedulerLink link) {
    link.close();
    Runtime.getRuntime().halt(ExitCode.OK);
  }

  private static int failed(String reason, int exitCode) {
    log.error("{}", reason);
    return exitCode;
  }
}

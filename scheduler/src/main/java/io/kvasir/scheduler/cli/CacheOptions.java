package io.kvasir.scheduler.cli;

import static io.kvasir.worker.cli.OptionCheck.within;

import io.kvasir.kvpool.evict.EvictionKind;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.scheduler.plan.CacheSecret;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.scheduler.plan.ResumeBound;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of {@code serve} that say what becomes of KV; a mixin. */
final class CacheOptions {

  /** What becomes of the KV of preempted requests. */
  enum Preemption {
    /** Whichever costs less. */
    auto,
    /** Swapped where there is room. */
    swap,
    /** Computed again. */
    recompute
  }

  /** Which cached block of the device arena is given up first. */
  enum Eviction {
    /** What was used longest ago. */
    lru,
    /** What costs least to compute again for its age. */
    value
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--no-prefix-caching", description = "Do not share KV blocks of equal prefixes.")
  private boolean noPrefixCaching;

  @Option(
      names = "--eviction",
      paramLabel = "lru|value",
      description =
          "Which cached KV block gives way first: the one used longest ago, or the one that costs"
              + " least to compute again for its age (default: ${DEFAULT-VALUE}).")
  private Eviction eviction = Eviction.lru;

  @Option(
      names = "--preemption",
      paramLabel = "auto|swap|recompute",
      description =
          "KV of a preempted request: moved to a tier and back, computed again, or whichever costs"
              + " less by measured speeds (default: ${DEFAULT-VALUE}).")
  private Preemption preemption = Preemption.auto;

  @Option(
      names = "--max-preemptions",
      paramLabel = "N",
      description =
          "Times a request loses its KV blocks to others, 1 to 1000; then it is admitted with room"
              + " for its longest output and keeps it. Not under fcfs, priority, traced and mlfq"
              + " (default: ${DEFAULT-VALUE}).")
  private int maxPreemptions = ResumeBound.DEFAULT.preemptions();

  @Option(
      names = "--resume-ms",
      paramLabel = "MS",
      description =
          "Time after which a preempted request is resumed before everything else that waits, 1 to"
              + " 3600000. Not under fcfs, priority, traced and mlfq (default: ${DEFAULT-VALUE}).")
  private long resumeMillis = ResumeBound.DEFAULT.waitMillis();

  @Option(
      names = "--copy-patience-ms",
      paramLabel = "MS",
      description =
          "How long a request waits for its KV to be loaded from a tier before it computes it, 1 to"
              + " 3600000 (default: ${DEFAULT-VALUE}).")
  private long copyPatienceMillis = SchedulerConfig.DEFAULT.copyPatienceMillis();

  @Option(
      names = "--probe-wait-ms",
      paramLabel = "MS",
      description =
          "How long an admission waits for the server of --kv-remote to say what other instances"
              + " stored there, 0 to 10000; 0 does not ask (default: ${DEFAULT-VALUE}).")
  private long probeWaitMillis = SchedulerConfig.DEFAULT.probeWaitMillis();

  @Option(
      names = "--cache-secret",
      paramLabel = "FILE",
      description =
          "128 secret bits as 32 hexadecimal digits, made if there is no such file. Kept KV is"
              + " found only under the same secret (default: the file secret in --kv-ssd; without"
              + " that, a new one at each start).")
  private @Nullable Path cacheSecret;

  /** Puts what was given into a configuration. */
  void addTo(SchedulerConfig.Builder scheduler) {
    scheduler
        .prefixCaching(!noPrefixCaching)
        .eviction(
            switch (eviction) {
              case lru -> EvictionKind.LRU;
              case value -> EvictionKind.VALUE;
            })
        .preemption(preemption())
        .resumeBound(
            new ResumeBound(
                within(spec, "--max-preemptions", maxPreemptions, 1, 1000),
                within(spec, "--resume-ms", resumeMillis, 1, 3_600_000)))
        .copyPatienceMillis(within(spec, "--copy-patience-ms", copyPatienceMillis, 1, 3_600_000))
        .probeWaitMillis(within(spec, "--probe-wait-ms", probeWaitMillis, 0, 10_000));
  }

  private PreemptionMode preemption() {
    return switch (preemption) {
      case auto -> PreemptionMode.AUTO;
      case swap -> PreemptionMode.SWAP;
      case recompute -> PreemptionMode.RECOMPUTE;
    };
  }

  /**
   * The secret to hash with; null: a new one.
   *
   * @param persistentDirectory of the persistent tier, null without one
   */
  @Nullable CacheSecret secret(@Nullable Path persistentDirectory) {
    Path file = cacheSecret;
    if (file == null && persistentDirectory != null) {
      file = persistentDirectory.resolve("secret");
    }
    try {
      return file == null ? null : CacheSecretFile.readOrMake(file);
    } catch (IOException e) {
      throw new ParameterException(spec.commandLine(), "--cache-secret: " + e.getMessage(), e);
    }
  }
}

package io.kvasir.scheduler.cli;

import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.SessionHints;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that name a request's session and say what is to become of its KV; a mixin. */
final class SessionHintOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--session", paramLabel = "ID", description = "The conversation it is part of.")
  private String session = "";

  @Option(
      names = "--session-ttl-ms",
      paramLabel = "MS",
      description =
          "Protect the session's KV for so long after its last turn, 0 to 86400000; 0: not at all"
              + " (default: as the session has it).")
  private @Nullable Integer ttlMillis;

  @Option(
      names = "--pin",
      negatable = true,
      description = "Protect the session's KV until it is unpinned or ended; --no-pin unpins it.")
  private @Nullable Boolean pin;

  @Option(
      names = "--demote",
      description = "Move the session's KV out of the device arena at the end.")
  private boolean demote;

  @Option(
      names = "--resume-in-ms",
      paramLabel = "MS",
      description =
          "The next turn is expected so long after the end: have the KV in the arena by then, 0 to"
              + " 86400000.")
  private @Nullable Integer resumeMillis;

  /**
   * Adds what was given to a request.
   *
   * @throws ParameterException if there are hints without a session, or a negative time
   */
  void addTo(GenerateRequest.Builder request) {
    request.setSessionId(session);
    SessionHints.Builder hints = SessionHints.newBuilder().setDemote(demote);
    if (ttlMillis != null) {
      hints.setTtlMs(notNegative("--session-ttl-ms", ttlMillis));
    }
    if (pin != null) {
      hints.setPin(pin);
    }
    if (resumeMillis != null) {
      hints.setResumeExpectedInMs(notNegative("--resume-in-ms", resumeMillis));
    }
    SessionHints given = hints.build();
    if (given.equals(SessionHints.getDefaultInstance())) {
      return;
    }
    if (session.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "--session-ttl-ms, --pin, --demote and --resume-in-ms go with --session");
    }
    request.setHints(given);
  }

  /** On the wire it has no sign: -1 would arrive as four billion. */
  private int notNegative(String option, int value) {
    if (value < 0) {
      throw new ParameterException(
          spec.commandLine(), option + ": is " + value + ", must not be negative");
    }
    return value;
  }
}

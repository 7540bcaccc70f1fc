package io.kvasir.scheduler.cli;

import static io.kvasir.worker.cli.OptionCheck.require;

import io.kvasir.v1.ChatInput;
import io.kvasir.v1.ChatMessage;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.SamplingParameters;
import io.kvasir.v1.StopConditions;
import io.kvasir.v1.TokenIds;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The options that make up one generation. The server checks their ranges; here is refused what
 * would not arrive there as it was meant.
 */
final class GenerateOptions {

  /** What to continue. */
  private static final class Prompt {
    @Option(
        names = "--prompt",
        required = true,
        paramLabel = "TEXT",
        description = "What to continue; - reads it from standard input, as UTF-8.")
    private @Nullable String text;

    @Option(
        names = "--token-ids",
        required = true,
        split = ",",
        paramLabel = "ID",
        description = "What to continue, as token ids.")
    private List<Integer> tokenIds = List.of();
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  private Prompt prompt = new Prompt();

  @Option(
      names = "--chat",
      description = "Send the prompt as a user's message, through the model's chat template.")
  private boolean chat;

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "With --chat: a system message in front.")
  private @Nullable String system;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "Generate at most this many tokens (default: what the context holds).")
  private @Nullable Integer maxTokens;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "0 to 100; 0 takes the likeliest token (default: ${DEFAULT-VALUE}).")
  private float temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Choose among the K likeliest tokens; 0: all (default: ${DEFAULT-VALUE}).")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "Choose among the likeliest tokens that have probability P, above 0 to 1.")
  private @Nullable Float topP;

  @Option(
      names = "--min-p",
      paramLabel = "P",
      description = "Drop tokens less likely than P times the likeliest, 0 to 1.")
  private float minP;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "R",
      description = "Make tokens seen before less likely, above 0 to 10; 1: off.")
  private @Nullable Float repetitionPenalty;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The same seed gives the same tokens (default: the server draws one).")
  private @Nullable Long seed;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "End before this text; may be repeated.")
  private List<String> stop = List.of();

  @Option(
      names = "--stop-token-id",
      paramLabel = "ID",
      description = "End at this token; may be repeated.")
  private List<Integer> stopTokenIds = List.of();

  @Option(names = "--ignore-eos", description = "Do not end at the model's end-of-text tokens.")
  private boolean ignoreEos;

  @Option(names = "--request-id", paramLabel = "ID", description = "To abort it with.")
  private String requestId = "";

  @Option(names = "--tenant", paramLabel = "ID", description = "Who pays (default: default).")
  private String tenant = "";

  @Mixin private SessionHintOptions session;

  @Option(
      names = "--priority",
      paramLabel = "N",
      description = "-1000 to 1000, higher is served first (default: ${DEFAULT-VALUE}).")
  private int priority;

  @Option(
      names = "--cache-salt",
      paramLabel = "TEXT",
      description = "Share cached prefixes only with requests of equal salt.")
  private String cacheSalt = "";

  @Option(
      names = "--allow-lossy-kv",
      description = "Allow KV that went through a lossy codec of the server; the text may differ.")
  private boolean allowLossyKv;

  @Option(
      names = "--deadline-ms",
      paramLabel = "MS",
      description = "End it after this time; 0: no deadline (default: ${DEFAULT-VALUE}).")
  private int deadlineMillis;

  @Option(
      names = "--top-candidates",
      paramLabel = "N",
      description = "Report the N most likely tokens with each token, 0 to 20; with --json.")
  private int topCandidates;

  boolean wantsCandidates() {
    return topCandidates > 0;
  }

  /**
   * The request, with the prompt read from {@code in} if that was asked for.
   *
   * @throws ParameterException if options contradict each other
   */
  GenerateRequest request(InputStream in) {
    require(spec, system == null || chat, "--system goes with --chat");
    require(spec, !chat || prompt.text != null, "--chat goes with --prompt");
    notNegative("--max-tokens", maxTokens == null ? 0 : maxTokens);
    notNegative("--top-k", topK);
    notNegative("--deadline-ms", deadlineMillis);
    notNegative("--top-candidates", topCandidates);
    stopTokenIds.forEach(id -> notNegative("--stop-token-id", id));
    prompt.tokenIds.forEach(id -> notNegative("--token-ids", id));
    GenerateRequest.Builder request =
        GenerateRequest.newBuilder()
            .setRequestId(requestId)
            .setTenantId(tenant)
            .setPriority(priority)
            .setCacheSalt(cacheSalt)
            .setAllowLossyKv(allowLossyKv)
            .setDeadlineMs(deadlineMillis)
            .setTopCandidates(topCandidates)
            .setSampling(sampling())
            .setStop(stopConditions());
    session.addTo(request);
    if (prompt.text == null) {
      return request.setTokenIds(TokenIds.newBuilder().addAllIds(prompt.tokenIds)).build();
    }
    String text = prompt.text.equals("-") ? read(in) : prompt.text;
    return (chat ? request.setChat(chat(text)) : request.setText(text)).build();
  }

  /** On the wire these have no sign: -1 would arrive as four billion. */
  private void notNegative(String option, int value) {
    require(spec, value >= 0, option + ": is " + value + ", must not be negative");
  }

  private SamplingParameters sampling() {
    SamplingParameters.Builder sampling =
        SamplingParameters.newBuilder().setTemperature(temperature).setTopK(topK).setMinP(minP);
    if (topP != null) {
      sampling.setTopP(topP);
    }
    if (repetitionPenalty != null) {
      sampling.setRepetitionPenalty(repetitionPenalty);
    }
    if (seed != null) {
      sampling.setSeed(seed);
    }
    return sampling.build();
  }

  private StopConditions stopConditions() {
    StopConditions.Builder conditions =
        StopConditions.newBuilder()
            .addAllStopStrings(stop)
            .addAllStopTokenIds(stopTokenIds)
            .setIgnoreEos(ignoreEos);
    if (maxTokens != null) {
      conditions.setMaxTokens(maxTokens);
    }
    return conditions.build();
  }

  private ChatInput chat(String text) {
    ChatInput.Builder input = ChatInput.newBuilder();
    if (system != null) {
      input.addMessages(ChatMessage.newBuilder().setRole("system").setContent(system));
    }
    return input.addMessages(ChatMessage.newBuilder().setRole("user").setContent(text)).build();
  }

  private static String read(InputStream in) {
    try {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.kvasir.scheduler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kvasir.scheduler.gateway.TestServer;
import io.kvasir.worker.runner.hash.HashModelRunner;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class GenerateCommandTest {
  private static TestServer server;

  /** What a call of the command left behind. */
  private record Outcome(int exitCode, String out, String err) {}

  @BeforeAll
  static void start() throws IOException {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void printsTheTextAsItComes() {
    Outcome outcome = run("--prompt", "hi", "--max-tokens", "20");
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).isNotEmpty().endsWith(System.lineSeparator());
  }

  @Test
  void printsOneObjectWithExactlyTheseFields() throws IOException {
    Outcome outcome = run("--token-ids", "5,6,7", "--max-tokens", "4", "--json");
    assertThat(outcome.exitCode()).isZero();
    JsonNode object = new JsonMapper().readTree(outcome.out());
    assertThat(names(object))
        .containsExactly(
            "request_id",
            "prompt_token_ids",
            "token_ids",
            "text",
            "finish_reason",
            "usage",
            "timing");
    assertThat(names(object.get("usage")))
        .containsExactly("prompt_tokens", "cached_tokens", "completion_tokens");
    assertThat(names(object.get("timing")))
        .containsExactly(
            "queue_ms",
            "ttft_ms",
            "prefill_ms",
            "decode_ms",
            "e2e_ms",
            "preemptions",
            "stall_ms",
            "recomputed_tokens",
            "hit_tokens");
    assertThat(object.get("finish_reason").asText()).isEqualTo("length");
    assertThat(object.get("prompt_token_ids").toString()).isEqualTo("[5,6,7]");
    int[] expected = HashModelRunner.expected(new int[] {5, 6, 7}, 4, 259);
    assertThat(object.get("token_ids").toString())
        .isEqualTo(Arrays.toString(expected).replace(" ", ""));
  }

  @Test
  void lossyKvMakesNoDifferenceWhereThereIsNone() throws IOException {
    String[] call = {"--token-ids=5,6,7", "--max-tokens=4", "--json"};
    String[] allowed = {"--token-ids=5,6,7", "--max-tokens=4", "--json", "--allow-lossy-kv"};
    JsonNode without = new JsonMapper().readTree(run(call).out());
    JsonNode with = new JsonMapper().readTree(run(allowed).out());
    assertThat(with.get("token_ids")).isEqualTo(without.get("token_ids"));
  }

  @Test
  void saysWhatBecameOfTheSessionsHints() throws IOException {
    Outcome text = run("--prompt", "hi", "--max-tokens", "2", "--session", "s", "--pin");
    assertThat(text.exitCode()).isZero();
    assertThat(text.err()).startsWith("session s: pin honoured: ");
    Outcome outcome =
        run("--token-ids=5", "--max-tokens=2", "--json", "--session=s", "--no-pin", "--demote");
    JsonNode session = new JsonMapper().readTree(outcome.out()).get("session");
    assertThat(names(session))
        .containsExactly(
            "session_id",
            "hints",
            "kept_tokens",
            "of_tokens",
            "kept_blocks",
            "revoked_tokens",
            "lost_tokens",
            "quota_used_blocks",
            "quota_blocks");
    assertThat(session.get("hints").toString())
        .isEqualTo(
            "[{\"hint\":\"pin\",\"result\":\"honoured\",\"reason\":\"not pinned\"},"
                + "{\"hint\":\"demote\",\"result\":\"refused\","
                + "\"reason\":\"there is no tier below the arena\"}]");
    Outcome alone = run("--prompt", "hi", "--pin");
    assertThat(alone.exitCode()).isEqualTo(2);
    assertThat(alone.err()).contains("go with --session");
  }

  @Test
  void printsCandidatesWhenAskedFor() throws IOException {
    Outcome outcome = run("--token-ids=5", "--max-tokens=2", "--json", "--top-candidates=2");
    JsonNode candidates = new JsonMapper().readTree(outcome.out()).get("candidates");
    assertThat(candidates.size()).isEqualTo(2);
    assertThat(names(candidates.get(0).get(0))).containsExactly("token_id", "logit", "logprob");
  }

  @Test
  void aRefusalIsOneLine() {
    Outcome outcome = run("--prompt", "hi", "--max-tokens", "0");
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().lines())
        .containsExactly(
            "kvasir: INVALID_ARGUMENT: stop.max_tokens is 0; it must be at least 1, or absent");
  }

  @Test
  void aMissedDeadlineIsAFailure() {
    Outcome outcome = run("--prompt", "hi", "--deadline-ms", "20", "--ignore-eos");
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err()).contains("kvasir: the generation ended early: deadline");
  }

  @Test
  void aMissingServerIsNamed() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    Outcome outcome = execute("--target", "127.0.0.1:" + free, "--prompt", "hi");
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err())
        .startsWith("kvasir: UNAVAILABLE: no server at 127.0.0.1:" + free)
        .contains("refused");
  }

  @Test
  void aWrongCallIsAUsageError() {
    assertThat(run().exitCode()).isEqualTo(2);
    assertThat(run("--prompt", "x", "--token-ids", "1").exitCode()).isEqualTo(2);
    assertThat(execute("--target", "nowhere", "--prompt", "x").exitCode()).isEqualTo(2);
  }

  @Test
  void optionsThatWouldNotArriveAsMeantAreRefused() {
    assertWrong("--system goes with --chat", "--prompt=x", "--system=y");
    assertWrong("--chat goes with --prompt", "--token-ids=1", "--chat");
    assertWrong("--max-tokens: is -1, must not be negative", "--prompt=x", "--max-tokens=-1");
    assertWrong("--top-k: is -1, must not be negative", "--prompt=x", "--top-k=-1");
    assertWrong("--token-ids: is -2, must not be negative", "--token-ids=5,-2");
    assertWrong("--stop-token-id: is -1, must not be negative", "--prompt=x", "--stop-token-id=-1");
  }

  private static void assertWrong(String problem, String... arguments) {
    Outcome outcome = run(arguments);
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains(problem);
  }

  private static Outcome run(String... arguments) {
    List<String> all = new ArrayList<>();
    all.add("--target=127.0.0.1:" + server.server().grpcPort());
    all.addAll(Arrays.asList(arguments));
    return execute(all.toArray(String[]::new));
  }

  private static Outcome execute(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        new CommandLine(new GenerateCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Outcome(exitCode, out.toString(), err.toString());
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}

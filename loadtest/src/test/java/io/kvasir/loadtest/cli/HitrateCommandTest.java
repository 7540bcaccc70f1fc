package io.kvasir.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HitrateCommandTest {
  /** The second prompt repeats the first block, the third both. */
  private static final String MOONCAKE =
      """
      {"timestamp":0,"input_length":1024,"output_length":1,"hash_ids":[0,1]}
      {"timestamp":1,"input_length":600,"output_length":1,"hash_ids":[0,2]}
      {"timestamp":2,"input_length":1024,"output_length":1,"hash_ids":[0,1]}
      """;

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void reportsAsTableAndJson() throws IOException {
    String trace = file("m.jsonl", MOONCAKE);
    Path json = directory.resolve("report.json");
    assertThat(execute("--trace", trace, "--capacity-blocks", "1,2", "--json", json.toString()))
        .isZero();
    // 1,024 of 2,648 tokens with one block, 1,536 with both.
    assertThat(out.toString())
        .contains("m.jsonl: 3 prompts of 2,648 tokens, 2 distinct blocks of 512 tokens")
        .contains("| 1 | 512 | 38.67 | 38.67 | 38.67 | 38.67 |")
        .contains("| 2 | 1,024 | 58.01 | 58.01 | 58.01 | 58.01 |");
    JsonNode report = new ObjectMapper().readTree(Files.readString(json));
    assertThat(report.path("assumptions").path("double_cost_tokens").asInt()).isEqualTo(32_768);
    JsonNode size = report.path("traces").path(0).path("sizes").path(1);
    assertThat(size.path("capacity_blocks").asInt()).isEqualTo(2);
    assertThat(size.path("policies").path("optimum").path("hit_tokens").asInt()).isEqualTo(1536);
  }

  @Test
  void smallerBlocksHitMore() throws IOException {
    String trace = file("m.jsonl", MOONCAKE);
    assertThat(execute("--trace", trace, "--capacity-blocks", "99", "--block-tokens", "8"))
        .isZero();
    assertThat(out.toString()).contains("139 distinct blocks of 8 tokens");
  }

  @Test
  void traceWithoutIdsIsRefused() throws IOException {
    String trace = file("azure.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n");
    assertThat(execute("--trace", trace, "--capacity-blocks", "1")).isEqualTo(1);
    assertThat(err.toString()).contains("azure.csv: the Azure LLM inference trace 2023");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--capacity-blocks 0 | --capacity-blocks is at least 1.",
        "--capacity-blocks 1 --block-tokens 0 | --block-tokens is at least 1.",
        "--capacity-blocks 1 --double-cost-tokens 0 | --double-cost-tokens is at least 1.",
        "--capacity-blocks 1 --rate 0 | --rate is above 0 and at most 1000000.",
        "--capacity-blocks 1 --json /no/such/file | --json: /no/such/file is not a file",
        "--seed 1 | Missing required option: '--capacity-blocks=N'",
      })
  void wrongCallsAreExplained(String arguments, String message) {
    assertThat(execute(("--trace t " + arguments.strip()).split(" ", -1))).isEqualTo(2);
    assertThat(err.toString()).contains(message);
  }

  @Test
  void helpNamesEveryOption() {
    assertThat(execute("--help")).isZero();
    assertThat(out.toString())
        .contains("--trace", "--capacity-blocks", "--json", "--seed", "--rate")
        .contains("(default: 512", "32768", "0.05");
  }

  private String file(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content).toString();
  }

  private int execute(String... arguments) {
    String[] command = new String[arguments.length + 2];
    command[0] = "simulate";
    command[1] = "hitrate";
    System.arraycopy(arguments, 0, command, 2, arguments.length);
    return Kvasir.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(command);
  }
}

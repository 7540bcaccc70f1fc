package io.kvasir.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the studies of swapping. */
class StudyCommandsTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path folder;

  private int run(String... arguments) {
    return Kvasir.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  private JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  @Test
  void reuseOfCopiesSavesMoreThanHalfOfTheSwapVolume() throws IOException {
    Path json = folder.resolve("volume.json");
    String[] arguments = {"simulate", "swapvolume", "--blocks", "300", "--json", json.toString()};
    assertThat(run(arguments)).as(err::toString).isZero();
    String first = out.toString();
    assertThat(first).contains("200 conversations of 5 turns", "| 300 |");
    JsonNode row = json(json).get("sizes").get(0);
    assertThat(row.get("requests").asLong()).isEqualTo(1000);
    assertThat(row.get("swaps").asLong()).isGreaterThan(100);
    assertThat(row.get("swap_out_blocks_with_reuse").asLong())
        .isBetween(1L, row.get("swap_out_blocks_without_reuse").asLong() / 2);

    out.getBuffer().setLength(0);
    assertThat(run(arguments)).isZero();
    assertThat(out).as("deterministic").hasToString(first);
  }

  @Test
  void everyTurnFindsItsWayWithASmallTier() {
    assertThat(run("simulate", "swapvolume", "--blocks", "300", "--tier-blocks", "100"))
        .as(err::toString)
        .isZero();
    assertThat(run("simulate", "swapvolume", "--blocks", "20")).isEqualTo(2);
    assertThat(err.toString()).contains("--blocks is 283 (the longest conversation) to 16777216");
  }

  @Test
  void interferenceIsMeasuredForEachTierBlockSizeAndShare() throws IOException {
    Path json = folder.resolve("interference.json");
    int exit =
        run(
            "bench",
            "interference",
            "--directory",
            folder.toString(),
            "--threads",
            "1",
            "--pairs",
            "1",
            "--window-steps",
            "100",
            "--json",
            json.toString());
    assertThat(exit).as(err::toString).isZero();
    JsonNode rows = json(json).get("rows");
    assertThat(rows).hasSize(8);
    for (JsonNode row : rows) {
      assertThat(row.get("p99_ratio").asDouble()).isPositive();
      assertThat(row.get("copied_bytes_s").asDouble()).isPositive();
    }
    assertThat(run("bench", "interference", "--pairs", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--pairs: is 0, must be 1 to 10000");
  }

  @Test
  void theDiskIsComparedForEachSizeAndDirection() throws IOException {
    Path json = folder.resolve("disk.json");
    String[] arguments = {
      "bench", "disk", "--directory", folder.toString(), "--pairs", "3", "--json", json.toString()
    };
    int exit = run(arguments);
    assumeFalse(err.toString().contains("no O_DIRECT"), err::toString);
    assertThat(exit).as(err::toString).isZero();
    JsonNode rows = json(json).get("rows");
    assertThat(rows).hasSize(6);
    for (JsonNode row : rows) {
      assertThat(row.get("share").asDouble()).isPositive();
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(json);
    }
    assertThat(run("bench", "disk", "--pairs", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--pairs: is 0, must be 1 to 100000");
  }
}

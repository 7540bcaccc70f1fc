package io.kvasir.loadtest.interference;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvasir.worker.memory.TierSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the study for host memory and an SSD, with large and small blocks, at full speed and at a
 * worker's pace.
 *
 * @param model a model file
 * @param folder for the file of the SSD tier, which is deleted in the end
 * @param threads that compute steps
 * @param pairs of windows for each row
 * @param windowSteps steps of a window
 */
public record InterferenceReport(Path model, Path folder, int threads, int pairs, int windowSteps) {
  private static final int REQUESTS = 8;
  private static final int POSITION = 256;
  private static final long SWAPPED_BYTES = 64 << 20;
  private static final List<Integer> BLOCK_BYTES = List.of(2 << 20, 64 << 10);

  /** Full speed, which is the baseline, and what a worker does. */
  private static final List<Integer> SHARES = List.of(100, TierSettings.COPY_SHARE_PERCENT);

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * Runs it.
   *
   * @param out receives a Markdown table, row by row
   * @return the same as one JSON object; every name says its unit
   * @throws IOException if the file cannot be made
   */
  public String run(Consumer<String> out) throws IOException {
    ObjectNode root = MAPPER.createObjectNode();
    String load = load();
    String machine =
        "%d processors, load %s".formatted(Runtime.getRuntime().availableProcessors(), load);
    out.accept(
        "%d requests decode at position %d on %d threads; another swaps %d MiB out and in without"
                .formatted(REQUESTS, POSITION, threads, SWAPPED_BYTES >> 20)
            + " a pause. %s.\n".formatted(machine));
    out.accept(
        "| tier | block | share | p50, alone | swapping | ratio | p99, alone | swapping | ratio"
            + " (quartiles) | noise | copied |");
    out.accept("| --- |" + " ---: |".repeat(10));
    root.put("machine", machine);
    root.put("threads", threads);
    root.put("pairs", pairs);
    root.put("window_steps", windowSteps);
    root.put("requests", REQUESTS);
    root.put("position", POSITION);
    root.put("swapped_bytes", SWAPPED_BYTES);
    List<Interference> rows = new ArrayList<>();
    try (DecodeSteps steps = new DecodeSteps(model, REQUESTS, POSITION, threads)) {
      for (boolean ssd : List.of(false, true)) {
        for (int blockBytes : BLOCK_BYTES) {
          for (int share : SHARES) {
            Interference row = row(steps, ssd, blockBytes, share);
            rows.add(row);
            out.accept(line(row));
          }
        }
      }
    }
    out.accept("\nLoad now: " + load() + ".");
    root.set("rows", MAPPER.valueToTree(rows));
    return root.toPrettyString();
  }

  private Interference row(DecodeSteps steps, boolean ssd, int blockBytes, int share)
      throws IOException {
    Path file = ssd ? Files.createTempFile(folder, "interference", ".kv") : null;
    int blocks = Math.toIntExact(SWAPPED_BYTES / blockBytes);
    try (SwappingRequest request = new SwappingRequest(file, blockBytes, blocks, share)) {
      String tier = ssd ? "ssd" : "dram";
      return new InterferenceStudy(pairs, windowSteps).run(tier, blockBytes, share, steps, request);
    } finally {
      delete(file);
    }
  }

  private static void delete(@Nullable Path file) throws IOException {
    if (file != null) {
      Files.deleteIfExists(file);
    }
  }

  private static String line(Interference row) {
    return String.format(
        Locale.ROOT,
        "| %s | %d KiB | %d %% | %.2f ms | %.2f ms | %.2f | %.2f ms | %.2f ms | %.2f (%.2f to %.2f)"
            + " | %.2f | %.2f GB/s |",
        row.tier(),
        row.blockBytes() >> 10,
        row.sharePercent(),
        row.p50AloneNanos() / 1e6,
        row.p50SwappingNanos() / 1e6,
        row.p50Ratio(),
        row.p99AloneNanos() / 1e6,
        row.p99SwappingNanos() / 1e6,
        row.p99Ratio(),
        row.p99RatioLow(),
        row.p99RatioHigh(),
        row.noise(),
        row.copiedBytesPerSecond() / 1e9);
  }

  /** Processes that want a processor, as the system averages them over a minute. */
  private static String load() {
    Path average = Path.of("/proc/loadavg");
    try {
      return Files.readString(average).split(" ", 2)[0];
    } catch (IOException e) {
      return "unknown";
    }
  }
}

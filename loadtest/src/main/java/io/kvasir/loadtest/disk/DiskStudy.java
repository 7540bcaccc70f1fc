package io.kvasir.loadtest.disk;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Compares the SSD tier's store with plain O_DIRECT calls of the same sizes. The two take turns,
 * and who begins takes turns too: a disk whose speed changes from second to second, as shared and
 * throttled ones do, is as fast for one as for the other.
 *
 * @param folder for the files
 * @param pairs for each row
 */
public record DiskStudy(Path folder, int pairs) {
  private static final List<Integer> BATCH_BYTES = List.of(64 << 10, 1 << 20, 8 << 20);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * Runs it.
   *
   * @param out receives a Markdown table, row by row
   * @return the same as one JSON object; every name says its unit
   * @throws IOException if the files cannot be made, written or read
   */
  public String run(Consumer<String> out) throws IOException {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("pairs", pairs);
    List<DiskShare> rows = new ArrayList<>();
    for (int batchBytes : BATCH_BYTES) {
      try (DiskFiles files = new DiskFiles(folder, batchBytes)) {
        if (rows.isEmpty()) {
          begin(root, files.submission(), out);
        }
        for (boolean write : List.of(true, false)) {
          DiskShare row = row(files, batchBytes, write);
          rows.add(row);
          out.accept(line(row));
        }
      }
    }
    root.set("rows", MAPPER.valueToTree(rows));
    return root.toPrettyString();
  }

  private void begin(ObjectNode root, String submission, Consumer<String> out) {
    root.put("submission", submission);
    out.accept(
        "Batches through the SSD tier's store (O_DIRECT, %s) in %s against one plain call, %d pairs.\n"
            .formatted(submission, folder, pairs));
    out.accept("| batch | | store, p50 | plain, p50 | share (quartiles) |");
    out.accept("| --- | --- | ---: | ---: | ---: |");
  }

  private DiskShare row(DiskFiles files, int batchBytes, boolean write) throws IOException {
    double[] store = new double[pairs];
    double[] plain = new double[pairs];
    for (int i = -Math.min(pairs, 100); i < pairs; i++, files.advance()) {
      boolean storeFirst = (i & 1) == 0;
      long begin = System.nanoTime();
      one(files, storeFirst, write);
      long middle = System.nanoTime();
      one(files, !storeFirst, write);
      long end = System.nanoTime();
      if (i >= 0) {
        store[i] = storeFirst ? middle - begin : end - middle;
        plain[i] = storeFirst ? end - middle : middle - begin;
      }
    }
    return DiskShare.of(write, batchBytes, store, plain);
  }

  private static void one(DiskFiles files, boolean store, boolean write) throws IOException {
    if (store) {
      files.throughStore(write);
    } else {
      files.plainly(write);
    }
  }

  private static String line(DiskShare row) {
    return String.format(
        Locale.ROOT,
        "| %d KiB | %s | %.0f µs | %.0f µs | %.2f (%.2f to %.2f) |",
        row.batchBytes() >> 10,
        row.write() ? "write" : "read",
        row.storeNanos() / 1e3,
        row.plainNanos() / 1e3,
        row.share(),
        row.shareLow(),
        row.shareHigh());
  }
}

package io.kvasir.offload.index;

import static io.kvasir.offload.index.IndexEntries.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process with open indexes is killed at a random moment, again and again. Every operation that
 * it has said to be done counts; of one under way, any outcome is right that is not broken.
 */
final class KilledIndexTest {
  private static final int KILLS = 3;
  private static final int INDEXES = 5;
  private static final String UNDER_WAY = "?";

  @TempDir Path folder;

  // A writer that meets a lock which a dead process holds gives up after a minute and throws.
  @Test
  void keepsWhatWasDoneAndNobodyWaits() throws Exception {
    long seed = System.nanoTime();
    System.out.println("KilledIndexTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    String[][] known = new String[INDEXES][IndexWriter.KEYS];
    for (String[] states : known) {
      Arrays.fill(states, "absent");
    }
    for (int round = 0; round < KILLS; round++) {
      writeAndKill(random, round, known);
      for (int i = 0; i < INDEXES; i++) {
        check(file(i), known[i]);
      }
    }
  }

  private Path file(int index) {
    return folder.resolve("index-" + index);
  }

  private void writeAndKill(SplittableRandom random, int round, String[][] known)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of(System.getProperty("kvasir.home"), "scripts", "java-options"),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                IndexWriter.class.getName(),
                Long.toString(random.nextLong()),
                Integer.toString(round)));
    for (int i = 0; i < INDEXES; i++) {
      command.add(file(i).toString());
    }
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    long lines = 0;
    long killAt = random.nextInt(1_000, 20_000);
    try (BufferedReader out = process.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.endsWith(";")) {
          note(line.substring(0, line.length() - 1), known);
        }
        if (++lines == killAt) {
          // Not the process's own method: that would drop what is still in the pipe.
          process.toHandle().destroyForcibly();
        }
      }
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.waitFor()).as("killed").isEqualTo(128 + 9);
    assertThat(lines).isGreaterThanOrEqualTo(killAt);
  }

  private static void note(String line, String[][] known) {
    String[] words = line.split(" ", -1);
    known[Integer.parseInt(words[0])][Integer.parseInt(words[1])] =
        words.length == 2 ? UNDER_WAY : words[2];
  }

  private static void check(Path file, String[] known) throws IOException {
    try (ChronicleBlockIndex index = ChronicleBlockIndex.open(file, IndexWriter.CAPACITY)) {
      assertThat(index.opening().how()).isEqualTo(IndexOpening.How.RECOVERED);
      long present = 0;
      for (int key = 0; key < known.length; key++) {
        String state = IndexWriter.state(index, key);
        if (known[key].equals(UNDER_WAY)) {
          assertThat(state).isNotEqualTo("broken");
          known[key] = state;
        }
        assertThat(state).as("key %d", key).isEqualTo(known[key]);
        present += state.equals("absent") ? 0 : 1;
      }
      assertThat(index.size()).isEqualTo(present);
      assertThat(BlockIndexContractTest.all(index)).hasSize((int) present);
      // Nobody waits for a lock: every segment takes a new entry, and a full index is a full one.
      for (int key = IndexWriter.KEYS; index.put(entry(key, 0)); key++) {
        assertThat(key).isLessThan(IndexWriter.KEYS + IndexWriter.CAPACITY);
      }
      assertThat(index.size()).isEqualTo(IndexWriter.CAPACITY);
      index.forEach(entry -> {
        if (entry.generation() == 0) {
          index.remove(entry.hashHi(), entry.hashLo(), entry.slot());
        }
      });
    }
  }
}

package io.kvasir.offload.index;

import static io.kvasir.offload.index.IndexEntries.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.offload.index.IndexOpening.How;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link ChronicleBlockIndex} makes of the files that it finds. */
final class IndexFilesTest {
  private static final int CAPACITY = 1_000;
  private static final int ENTRIES = 800;

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("blocks");
  }

  private ChronicleBlockIndex open() throws IOException {
    return ChronicleBlockIndex.open(file(), CAPACITY);
  }

  private void write() throws IOException {
    try (ChronicleBlockIndex index = open()) {
      for (int key = 0; key < ENTRIES; key++) {
        assertThat(index.put(entry(key, 1))).isTrue();
      }
    }
  }

  private void assertOpens(How how, long entries) throws IOException {
    try (ChronicleBlockIndex index = open()) {
      assertThat(index.opening().how()).isEqualTo(how);
      assertThat(index.opening().kept()).isEqualTo(entries);
      assertThat(BlockIndexContractTest.all(index)).hasSize((int) entries);
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void leavesNothingElseBehind() throws IOException {
    write();
    assertOpens(How.REUSED, ENTRIES);
    assertThat(names()).containsExactly("blocks", "blocks.lock", "blocks.state");
    assertThat(Files.readString(folder.resolve("blocks.state")))
        .matches("kvasir-block-index 1\nentries 1000\nbytes [0-9]+\nclean [0-9a-f]{8}\n");
  }

  @Test
  void secondProcessIsRefusedByName() throws Exception {
    try (ChronicleBlockIndex _ = open()) {
      Process second =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "@" + Path.of(System.getProperty("kvasir.home"), "scripts", "java-options"),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  IndexWriter.class.getName(),
                  "0",
                  "0",
                  file().toString())
              .redirectErrorStream(true)
              .start();
      String output = new String(second.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(second.waitFor()).isEqualTo(1);
      assertThat(output)
          .contains("the block index is in use by process " + ProcessHandle.current().pid())
          .contains(folder.resolve("blocks.lock").toString());
    }
    assertOpens(How.REUSED, 0);
  }

  @Test
  void secondOpenInTheProcessIsRefusedAndHarmless() throws IOException {
    try (ChronicleBlockIndex index = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("already open in this process")
          .hasMessageContaining("blocks");
      assertThat(index.put(entry(1, 0))).isTrue();
    }
    assertOpens(How.REUSED, 1);
  }

  @Test
  void truncatedFileIsSetAside() throws IOException {
    write();
    try (RandomAccessFile map = new RandomAccessFile(file().toFile(), "rw")) {
      map.setLength(map.length() / 2);
    }
    assertOpens(How.REPLACED, 0);
    assertThat(names()).contains("blocks.broken-1");
    assertOpens(How.REUSED, 0);
  }

  @Test
  void onlyTheLastBrokenFileIsKept() throws IOException {
    for (int broken = 1; broken <= 3; broken++) {
      write();
      Files.write(file(), new byte[123]);
      assertOpens(How.REPLACED, 0);
      assertThat(names())
          .containsExactly("blocks", "blocks.broken-" + broken, "blocks.lock", "blocks.state");
    }
  }

  @Test
  void garbageOfTheRightLengthIsSetAside() throws IOException {
    write();
    byte[] garbage = new byte[(int) Files.size(file())];
    new SplittableRandom(1).nextBytes(garbage);
    Files.write(file(), garbage);
    assertOpens(How.REPLACED, 0);
  }

  @Test
  void fileOfAnotherCapacityIsSetAside() throws IOException {
    write();
    try (ChronicleBlockIndex index = ChronicleBlockIndex.open(file(), 2 * CAPACITY)) {
      assertThat(index.opening().how()).isEqualTo(How.REPLACED);
      assertThat(index.capacity()).isEqualTo(2 * CAPACITY);
    }
  }

  @Test
  void fileWithoutAStateIsSetAside() throws IOException {
    write();
    Files.writeString(folder.resolve("blocks.state"), "kvasir-block-index 2\n");
    assertOpens(How.REPLACED, 0);
    Files.delete(folder.resolve("blocks.state"));
    assertOpens(How.REPLACED, 0);
  }

  @Test
  void processThatDiedWhileItMadeOrRecoveredAMapChangesNothing() throws IOException {
    write();
    Files.write(folder.resolve("blocks.new"), new byte[100]);
    assertOpens(How.REUSED, ENTRIES);
    markOpen();
    Files.write(folder.resolve("blocks.new"), new byte[100]);
    assertOpens(How.RECOVERED, ENTRIES);
    assertOpens(How.REUSED, ENTRIES);
    assertThat(names()).containsExactly("blocks", "blocks.lock", "blocks.state");
  }

  private void markOpen() throws IOException {
    Path state = folder.resolve("blocks.state");
    Files.writeString(state, Files.readString(state).replaceAll("clean .*", "open"));
  }

  /** Whatever bytes change while the index is closed: what is found afterwards was once put. */
  @Test
  void changedBytesAreNoticed() throws IOException {
    long seed = System.nanoTime();
    System.out.println("IndexFilesTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 10; round++) {
      write();
      byte[] map = Files.readAllBytes(file());
      for (int i = 0; i < 1 << round; i++) {
        map[random.nextInt(map.length)] ^= (byte) random.nextInt(1, 256);
      }
      Files.write(file(), map);
      try (ChronicleBlockIndex index = open()) {
        assertThat(index.opening().how()).isIn(How.RECOVERED, How.REPLACED);
        List<IndexEntry> found = BlockIndexContractTest.all(index);
        assertThat(index.size()).isEqualTo(found.size());
        for (int key = 0; key < ENTRIES; key++) {
          assertThat(index.find(IndexEntries.hi(key), IndexEntries.lo(key)).orElse(entry(key, 1)))
              .isEqualTo(entry(key, 1));
        }
        found.forEach(entry -> index.remove(entry.hashHi(), entry.hashLo(), entry.slot()));
      }
    }
  }

  /** Segments fill unevenly. Hashes that all belong to one of them fill it long before the rest. */
  @Test
  void fullSegmentRefusesAndTheOthersGoOn() throws IOException {
    try (ChronicleBlockIndex index = ChronicleBlockIndex.open(file(), 10_000)) {
      int key = 0;
      int refused = 0;
      List<IndexEntry> before = List.of();
      // Entries that are not in the fullest segment leave again, so that only that one fills.
      while (refused == 0) {
        if (!index.put(entry(key, 0))) {
          refused++;
          before = BlockIndexContractTest.all(index);
        } else if (index.segmentOf(IndexEntries.hi(key), IndexEntries.lo(key)) != 0) {
          index.remove(IndexEntries.hi(key), IndexEntries.lo(key), entry(key, 0).slot());
        }
        key++;
      }
      assertThat(index.size()).isEqualTo(before.size()).isLessThan(10_000);
      assertThat(before).allMatch(entry -> index.find(entry.hashHi(), entry.hashLo()).isPresent());
      assertThat(index.put(before.getFirst())).isTrue();
      IndexEntry leaving = before.getLast();
      index.remove(leaving.hashHi(), leaving.hashLo(), leaving.slot());
      assertThat(index.put(entry(key - 1, 0))).isTrue();
    }
  }
}

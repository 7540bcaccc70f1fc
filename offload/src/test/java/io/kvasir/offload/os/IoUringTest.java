package io.kvasir.offload.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IoUringTest {
  private static final int ENTRIES = 8;

  @TempDir Path directory;

  private final MemorySegment memory = Arena.ofAuto().allocate(ENTRIES * 4096L, 4096);
  private final MemorySegment vectors = Arena.ofAuto().allocate(ENTRIES * 16L, 8);

  private static IoUring ring() {
    try {
      return IoUring.open(ENTRIES);
    } catch (IOException e) {
      return abort(e.toString());
    }
  }

  private MemorySegment vector(int i) {
    MemorySegment vector = vectors.asSlice(16L * i, 16);
    vector.set(ValueLayout.JAVA_LONG, 0, memory.address() + 4096L * i);
    vector.set(ValueLayout.JAVA_LONG, 8, 4096);
    return vector;
  }

  @Test
  void everyRequestHasItsResultAlsoWhenTheQueueWrapsAround() {
    int file = LinuxFiles.open(directory.resolve("file"), LinuxFiles.O_RDWR | LinuxFiles.O_CREAT);
    try (IoUring ring = ring()) {
      for (int round = 1; round <= 50; round++) {
        int requests = 1 + round % ENTRIES;
        for (int i = 0; i < requests; i++) {
          memory.asSlice(4096L * i, 4096).fill((byte) (round + i));
          ring.prepare(true, file, vector(i), 1, 4096L * i, i);
        }
        assertThat(run(ring, requests)).containsOnly(4096);
        memory.fill((byte) 0);
        for (int i = 0; i < requests; i++) {
          ring.prepare(false, file, vector(i), 1, 4096L * i, i);
        }
        assertThat(run(ring, requests)).containsOnly(4096);
        for (int i = 0; i < requests; i++) {
          byte last = memory.get(ValueLayout.JAVA_BYTE, 4096L * i + 4095);
          assertThat(last).isEqualTo((byte) (round + i));
        }
      }
    } finally {
      LinuxFiles.close(file);
    }
  }

  private static int[] run(IoUring ring, int requests) {
    int[] results = new int[requests];
    ring.run((tag, result) -> results[(int) tag] = result);
    return results;
  }

  @Test
  void errorIsResultOfItsRequest() {
    try (IoUring ring = ring()) {
      ring.prepare(false, 1_000_000, vector(0), 1, 0, 0);
      assertThat(run(ring, 1)).containsExactly(-9);
      assertThat(Errno.text(9)).contains("EBADF");
    }
  }

  @Test
  void moreThanFitIsTheCallersMistake() {
    try (IoUring ring = ring()) {
      for (int i = 0; i < ENTRIES; i++) {
        ring.prepare(false, 1_000_000, vector(i), 1, 0, i);
      }
      assertThatThrownBy(() -> ring.prepare(false, 1_000_000, vector(0), 1, 0, 0))
          .isInstanceOf(IllegalStateException.class);
      run(ring, ENTRIES);
    }
  }
}

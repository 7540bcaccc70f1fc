package io.kvasir.offload.store.arena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.offload.os.LinuxNuma;
import io.kvasir.offload.store.RecordTransfer;
import io.kvasir.offload.store.TierStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CxlStoresTest {
  private static final int BYTES = 4096;

  @TempDir Path directory;

  private final ManualTimer timer = new ManualTimer();

  private static CxlDevice emulated(int slots) {
    return new CxlDevice.Emulated((long) slots * BYTES, 1_000_000_000, 500_000_000, 300);
  }

  private static List<RecordTransfer> transfers(int from, int to) {
    List<RecordTransfer> transfers = new ArrayList<>();
    for (int slot = from; slot < to; slot++) {
      RecordTransfer transfer = new RecordTransfer();
      transfer.aim(slot, 0, 0, Arena.ofAuto().allocate(BYTES, 4096).fill((byte) slot), BYTES);
      transfers.add(transfer);
    }
    return transfers;
  }

  @Test
  void emulationSaysSoAndTakesItsTime() throws IOException {
    try (TierStore store = CxlStores.open("cxl", List.of(emulated(8)), BYTES, 2, timer)) {
      assertThat(store.name()).isEqualTo("cxl (emulated)");
      assertThat(store.emulated()).isTrue();
      assertThat(store.kind()).isEqualTo(TierKind.CXL);
      long begin = timer.nanoTime();
      store.write(transfers(0, 8));
      assertThat(timer.nanoTime() - begin).isEqualTo(2 * 8 * BYTES + 300);
      begin = timer.nanoTime();
      store.read(transfers(0, 8));
      assertThat(timer.nanoTime() - begin).isEqualTo(8 * BYTES + 300);
    }
  }

  @Test
  void longRunsUseAllDevicesAndShortOnesOne() throws IOException {
    List<CxlDevice> devices = List.of(emulated(16), emulated(16));
    try (TierStore store = CxlStores.open("cxl", devices, BYTES, 4, timer)) {
      StripedStore striped = (StripedStore) store;
      assertThat(striped.slotCount()).isEqualTo(32);
      assertThat(striped.emulated()).isTrue();
      store.write(transfers(0, 4));
      assertThat(devicesOf(striped, 0, 4)).hasSize(1);
      store.write(transfers(8, 16));
      assertThat(devicesOf(striped, 8, 12)).hasSize(1);
      assertThat(devicesOf(striped, 12, 16)).hasSize(1);
      assertThat(devicesOf(striped, 8, 16)).containsExactlyInAnyOrder(0, 1);
    }
  }

  private static List<Integer> devicesOf(StripedStore store, int from, int to) {
    return IntStream.range(from, to).map(store::deviceOf).distinct().boxed().toList();
  }

  @Test
  void daxDeviceIsMapped() throws IOException {
    // A file stands for the device: it is opened and mapped the same way.
    Path device = directory.resolve("dax0.0");
    Files.write(device, new byte[8 * BYTES]);
    CxlDevice dax = new CxlDevice.Dax(device, 8 * BYTES);
    try (TierStore store = CxlStores.open("cxl", List.of(dax), BYTES, 1, timer)) {
      assertThat(store.emulated()).isFalse();
      assertThat(store.name()).isEqualTo("cxl");
      store.write(transfers(0, 8));
      List<RecordTransfer> reads = transfers(0, 8);
      store.read(reads);
      assertThat(reads).allMatch(read -> read.outcome() == CopyOutcome.DONE);
      assertThat(reads.get(7).bytes().get(ValueLayout.JAVA_BYTE, 9)).isEqualTo((byte) 7);
    }
    assertThat(Files.readAllBytes(device)[5 * BYTES]).isEqualTo((byte) 5);
    CxlDevice missing = new CxlDevice.Dax(directory.resolve("dax1.0"), BYTES);
    assertThatThrownBy(() -> CxlStores.open("cxl", List.of(missing), BYTES, 1, timer))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ENOENT");
  }

  @Test
  void nodesWithMemoryAndWithoutProcessorsAreFound() throws IOException {
    node(0, "0-15\n", 1000);
    node(2, "\n", 500);
    node(3, "\n", 0);
    Files.createDirectories(directory.resolve("power"));
    assertThat(CxlDevice.nodes(directory)).containsExactly(new CxlDevice.Node(2, 500 * 1024));
    assertThat(CxlDevice.nodes(directory.resolve("none"))).isEmpty();
    assertThat(LinuxNuma.memoryBytes(directory, 0)).isEqualTo(1000 * 1024);
  }

  private void node(int node, String cpus, int kilobytes) throws IOException {
    Path path = Files.createDirectories(directory.resolve("node" + node));
    Files.writeString(path.resolve("cpulist"), cpus);
    Files.writeString(
        path.resolve("meminfo"),
        "Node %d MemTotal:       %d kB\nNode %d MemFree: 1 kB\n".formatted(node, kilobytes, node));
  }

  @Test
  void memoryIsBoundToNode() throws IOException {
    assumeTrue(Files.exists(LinuxNuma.NODES.resolve("node0")), "this system has no NUMA nodes");
    ArenaStore.dram("dram", 16 * BYTES, BYTES, OptionalInt.of(0), ArenaStore.Commit.IN_ADVANCE)
        .close();
    OptionalInt missing = OptionalInt.of(LinuxNuma.MAX_NODES - 1);
    assumeTrue(!Files.exists(LinuxNuma.NODES.resolve("node" + missing.getAsInt())), "it has all");
    assertThatThrownBy(
            () -> ArenaStore.dram("dram", BYTES, BYTES, missing, ArenaStore.Commit.LAZILY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NUMA node 63");
  }

  @Test
  void capIsNeverExceeded() {
    for (int cap = BYTES; cap < 5 * BYTES; cap += 1000) {
      try (ArenaStore store =
          ArenaStore.dram("dram", cap, BYTES, OptionalInt.empty(), ArenaStore.Commit.IN_ADVANCE)) {
        assertThat(store.slotCount()).isEqualTo(cap / BYTES);
      }
    }
    assertThatThrownBy(() ->
            ArenaStore.dram(
                "dram", BYTES - 1, BYTES, OptionalInt.empty(), ArenaStore.Commit.LAZILY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dram");
  }
}

package io.kvasir.worker.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.offload.store.arena.CxlDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiers from their settings. */
final class WorkerTiersTest {
  private static final BlockGeometry SHAPE = new BlockGeometry(6, 2, 32, 4, 16);
  private static final String FINGERPRINT = "0123456789abcdef";
  private static final long BYTES = 8 << 20;

  @TempDir private Path folder;

  private TierSettings settings(String directory) {
    return new TierSettings(
        BYTES,
        List.of(new CxlDevice.Emulated(BYTES, 1L << 40, 1L << 40, 0)),
        new TierSettings.Ssd(folder.resolve(directory), null, BYTES, Long.MAX_VALUE),
        null,
        Map.of());
  }

  private static int[] slots(TierSettings settings) throws IOException {
    try (KvArena arena = new KvArena(SHAPE, 1);
        WorkerTiers tiers = WorkerTiers.open(settings, arena, FINGERPRINT)) {
      return tiers.tiers().stream().mapToInt(TierSpec::slotCount).toArray();
    }
  }

  /** A record of 48 KiB of KV takes 13 pages of 4 KiB; 13.1 KiB by int8 take 4. */
  @ParameterizedTest
  @ValueSource(strings = {"int8", "cachegen-finest", "cachegen"})
  void aLossyCodecGivesEveryTierThreeTimesAsManySlots(String codec) throws IOException {
    Map<TierKind, String> everywhere =
        Map.of(TierKind.DRAM, codec, TierKind.CXL, codec, TierKind.SSD, codec);
    int[] raw = slots(settings("raw"));
    int[] lossy = slots(settings("lossy").withCodecs(everywhere));
    assertThat(raw).hasSize(3).contains((int) (BYTES / (13 * 4096)));
    assertThat(IntStream.range(0, 3).map(t -> lossy[t] / raw[t])).containsOnly(3);
  }

  /** Nobody listens at that port, which is logged and no error. */
  @Test
  void anyFingerprintIsGoodForASharedServer() throws IOException {
    TierSettings.Remote server = new TierSettings.Remote("redis://127.0.0.1:1", 9);
    TierSettings settings = new TierSettings(0, List.of(), null, server, Map.of());
    try (KvArena arena = new KvArena(SHAPE, 1);
        WorkerTiers tiers = WorkerTiers.open(settings, arena, "a model")) {
      assertThat(tiers.tiers()).extracting(TierSpec::kind).containsExactly(TierKind.REMOTE);
    }
  }
}

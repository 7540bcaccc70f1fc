package io.kvasir.worker.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.proto.WireLimits;
import io.kvasir.v1.WorkerMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Copy jobs, copy results and inventories survive the wire, and nonsense is named. */
final class CopyCodecTest {
  private static final long[] HI = {Long.MIN_VALUE, -1, 3};
  private static final long[] LO = {7, Long.MAX_VALUE, 0};
  private static final int[] SLOTS = {0, 5, WireLimits.MAX_TIER_SLOTS - 1};
  private static final int[] TOKENS = {16, 1, 7};
  private static final int[] GENERATIONS = {Integer.MIN_VALUE, -1, 12};
  private static final int[] TAGS = {-5, 0, Integer.MAX_VALUE};

  @Test
  void jobsOfEveryKindAndUrgencySurvive() {
    for (CopyKind kind : CopyKind.values()) {
      for (CopyUrgency urgency : CopyUrgency.values()) {
        CopyJob job = job(kind, urgency);
        CopyJob read = CopyJobCodec.decode("copies[0].", CopyJobCodec.encode(job));
        assertThat(read).usingRecursiveComparison().isEqualTo(job);
      }
    }
  }

  @Test
  void resultsOfEveryOutcomeSurvive() {
    CopyResult result =
        new CopyResult(9, List.of(CopyOutcome.values()), 1L << 40, 3, 5, 6, "checksum");
    assertThat(CopyResultCodec.decode(CopyResultCodec.encode(result))).isEqualTo(result);
  }

  @Test
  void longFailuresAreCut() {
    CopyResult result =
        new CopyResult(9, List.of(CopyOutcome.FAILED), 0, 0, 0, 0, "x".repeat(10_000));
    assertThat(CopyResultCodec.decode(CopyResultCodec.encode(result)).failure())
        .hasSize(WireLimits.MAX_FAILURE_CHARS);
  }

  @Test
  void inventoriesGoInParts() {
    List<StoredBlock> blocks = new ArrayList<>();
    for (int i = 0; i < WireLimits.MAX_INVENTORY_BLOCKS + 3; i++) {
      blocks.add(new StoredBlock(i % 8, i, -i, i, 1 + i % 16, -i, i, 1_700_000_000_000L + i));
    }
    List<WorkerMessage> messages = new ArrayList<>();
    InventoryCodec.encode(blocks::forEach, messages::add);
    List<StoredBlock> read = new ArrayList<>();
    messages.forEach(message -> read.addAll(InventoryCodec.decode(message.getInventory())));
    assertThat(messages)
        .hasSize(2)
        .allSatisfy(message ->
            assertThat(message.getSerializedSize()).isLessThan(WireLimits.MAX_WORKER_REPLY_BYTES));
    assertThat(read).isEqualTo(blocks);
  }

  @Test
  void anEmptyInventoryIsNotSent() {
    InventoryCodec.encode(
        consumer -> {},
        message -> {
          throw new AssertionError("sent " + message);
        });
  }

  @Test
  void nonsenseIsNamed() {
    var good = CopyJobCodec.encode(job(CopyKind.LOAD, CopyUrgency.RESTORE));
    refused(good.toBuilder().setJobId(0).build(), "job_id");
    refused(good.toBuilder().setKindValue(77).build(), "kind");
    refused(
        good.toBuilder().setUrgency(io.kvasir.v1.CopyUrgency.COPY_URGENCY_UNSPECIFIED).build(),
        "urgency");
    refused(good.toBuilder().setTier(WireLimits.MAX_TIERS).build(), "tier");
    refused(good.toBuilder().clearSlots().build(), "slots");
    refused(good.toBuilder().addBlocks(1).build(), "blocks");
    refused(good.toBuilder().setBlocks(0, -1).build(), "blocks");
    refused(good.toBuilder().clearHashHi().build(), "hashHi");
    refused(good.toBuilder().addToSlots(1).build(), "toSlots");
    var move = CopyJobCodec.encode(job(CopyKind.MOVE, CopyUrgency.BACKGROUND));
    refused(move.toBuilder().setToTier(1).build(), "toTier");
    var probe = CopyJobCodec.encode(job(CopyKind.PROBE, CopyUrgency.RESTORE));
    refused(probe.toBuilder().addSlots(1).build(), "slots");
    refused(probe.toBuilder().addBlocks(1).build(), "blocks");
    refused(probe.toBuilder().clearHashHi().clearHashLo().build(), "hashHi");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            CopyResultCodec.decode(
                io.kvasir.v1.CopyResult.newBuilder()
                    .setJobId(1)
                    .addOutcomes(io.kvasir.v1.CopyOutcome.COPY_OUTCOME_UNSPECIFIED)
                    .build()))
        .withMessageContaining("copy_result.outcomes");
  }

  private static void refused(io.kvasir.v1.CopyJob job, String field) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CopyJobCodec.decode("copies[4].", job))
        .withMessageContaining("copies[4].")
        .withMessageContaining(field);
  }

  private static CopyJob job(CopyKind kind, CopyUrgency urgency) {
    boolean move = kind == CopyKind.MOVE;
    boolean probe = kind == CopyKind.PROBE;
    int[] none = {};
    int[] blocks = {4, 0, WireLimits.MAX_KV_BLOCKS - 1};
    return new CopyJob(
        Long.MAX_VALUE,
        kind,
        urgency,
        1,
        move ? 2 : -1,
        move || probe ? none : blocks,
        probe ? none : SLOTS,
        move ? SLOTS : none,
        HI,
        LO,
        TOKENS,
        GENERATIONS,
        TAGS);
  }
}

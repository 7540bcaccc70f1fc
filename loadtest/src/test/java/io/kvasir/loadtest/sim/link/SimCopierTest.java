package io.kvasir.loadtest.sim.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.loadtest.sim.event.Simulation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Blocks of 4 MiB, links of 4 MiB per millisecond, 10 µs per piece. */
final class SimCopierTest {
  private static final BlockGeometry GEOMETRY = new BlockGeometry(32, 16, 128, 2, 16);
  private static final long MILLI = 1_000_000;
  private static final long PIECE = 10_000;

  private final Simulation simulation = new Simulation();
  private final Map<Long, Long> ends = new LinkedHashMap<>();
  private CopyResult last = new CopyResult(0, List.of(), 0, 0, 0, 0, "");

  private SimCopier copier(CopyStyle style) {
    LinkProfile link = new LinkProfile((4 << 20) * 1e3, (4 << 20) * 1e3, PIECE);
    List<SimTier> tiers =
        List.of(
            new SimTier(TierKind.DRAM, "dram", 100, link),
            new SimTier(TierKind.SSD, "ssd", 100, link));
    SimCopier.Listener listener =
        (job, result, now) -> {
          ends.put(job.jobId(), now);
          last = result;
        };
    return new SimCopier(simulation, tiers, GEOMETRY, style, listener);
  }

  private static CopyJob job(long id, CopyKind kind, CopyUrgency urgency, int... blocks) {
    int count = blocks.length;
    int[] slots = IntStream.range(0, count).toArray();
    boolean move = kind == CopyKind.MOVE;
    return new CopyJob(
        id,
        kind,
        urgency,
        0,
        move ? 1 : -1,
        move ? new int[0] : blocks,
        slots,
        move ? blocks : new int[0],
        new long[count],
        new long[count],
        new int[count],
        new int[count],
        new int[count]);
  }

  private void run(SimCopier copier, CopyJob... jobs) {
    for (CopyJob job : jobs) {
      copier.submit(job, 0);
    }
    simulation.run(now -> {});
  }

  @Test
  void aCopyTakesItsPiecesAndItsBytes() {
    run(copier(CopyStyle.GROUPS), job(1, CopyKind.STORE, CopyUrgency.SWAP_OUT, 4, 5));
    assertThat(ends).containsEntry(1L, PIECE + 2 * MILLI);
    assertThat(last.runs()).isEqualTo(1);
    assertThat(last.bytes()).isEqualTo(8 << 20);
    assertThat(last.copyNanos()).isEqualTo(PIECE + 2 * MILLI);
  }

  @Test
  void layersAreCopiedPieceByPiece() {
    CopyStyle layers = new CopyStyle(CopyStyle.Unit.LAYER, true);
    run(copier(layers), job(1, CopyKind.LOAD, CopyUrgency.RESTORE, 4, 5));
    assertThat(ends).containsEntry(1L, 2 * 2 * 32 * PIECE + 2 * MILLI);
  }

  @Test
  void aRunIsCopiedLayerByLayer() {
    CopyStyle layers = new CopyStyle(CopyStyle.Unit.LAYER_RUN, false);
    run(copier(layers), job(1, CopyKind.LOAD, CopyUrgency.RESTORE, 4, 5));
    assertThat(ends).containsEntry(1L, 2 * 32 * PIECE + 2 * MILLI);
  }

  @Test
  void directionsRunAtOnceAndOneDirectionOneAfterTheOther() {
    run(
        copier(CopyStyle.GROUPS),
        job(1, CopyKind.STORE, CopyUrgency.SWAP_OUT, 1),
        job(2, CopyKind.STORE, CopyUrgency.SWAP_OUT, 2),
        job(3, CopyKind.LOAD, CopyUrgency.RESTORE, 3));
    long one = PIECE + MILLI;
    assertThat(ends).containsEntry(1L, one).containsEntry(2L, 2 * one).containsEntry(3L, one);
    assertThat(last.queueNanos()).isEqualTo(one);
  }

  @Test
  void anUrgentCopyWaitsForTheCallUnderWayOnly() {
    run(
        copier(CopyStyle.GROUPS),
        job(1, CopyKind.STORE, CopyUrgency.BACKGROUND, 1, 2, 3, 4),
        job(2, CopyKind.STORE, CopyUrgency.SWAP_OUT, 9));
    // Calls are of 8 MiB: two blocks.
    assertThat(ends).containsEntry(2L, PIECE + 2 * MILLI + PIECE + MILLI);
    assertThat(ends).containsEntry(1L, 3 * PIECE + 5 * MILLI);
  }

  @Test
  void aMovePassesTwoLinks() {
    run(copier(CopyStyle.GROUPS), job(1, CopyKind.MOVE, CopyUrgency.BACKGROUND, 7, 8));
    assertThat(ends).containsEntry(1L, 2 * (PIECE + 2 * MILLI));
  }

  @Test
  void onlySwapsAreWaitedFor() {
    SimCopier copier = copier(CopyStyle.GROUPS);
    copier.submit(job(1, CopyKind.STORE, CopyUrgency.BACKGROUND, 1), 0);
    assertThat(copier.swapsUnderWay()).isZero();
    copier.submit(job(2, CopyKind.LOAD, CopyUrgency.RESTORE, 2), 0);
    assertThat(copier.swapsUnderWay()).isEqualTo(1);
    simulation.run(now -> {});
    assertThat(copier.swapsUnderWay()).isZero();
    assertThat(copier.links()).extracting(SimLink::name).startsWith("dram read", "dram write");
  }

  @Test
  void aCancelledCopyThatWaitsIsOverAtOnce() {
    SimCopier copier = copier(CopyStyle.GROUPS);
    copier.submit(job(1, CopyKind.LOAD, CopyUrgency.RESTORE, 1), 0);
    copier.submit(job(2, CopyKind.LOAD, CopyUrgency.RESTORE, 2, 3), 0);
    simulation.at(MILLI / 2, now -> copier.cancel(2, now));
    simulation.run(now -> {});
    assertThat(ends).containsExactly(entry(2L, MILLI / 2), entry(1L, PIECE + MILLI));
    assertThat(copier.swapsUnderWay()).isZero();
    assertThat(copier.links().getFirst().bytes()).isEqualTo(4 << 20);
  }

  @Test
  void theCallUnderWayOfACancelledCopyArrives() {
    SimCopier copier = copier(CopyStyle.GROUPS);
    copier.submit(job(1, CopyKind.LOAD, CopyUrgency.RESTORE, 1, 2, 3, 4, 5), 0);
    simulation.at(MILLI, now -> copier.cancel(1, now));
    // It is over by then.
    simulation.at(3 * MILLI, now -> copier.cancel(1, now));
    simulation.run(now -> {});
    assertThat(ends).containsExactly(entry(1L, PIECE + 2 * MILLI));
    assertThat(last.outcomes())
        .containsExactly(
            CopyOutcome.DONE,
            CopyOutcome.DONE,
            CopyOutcome.CANCELLED,
            CopyOutcome.CANCELLED,
            CopyOutcome.CANCELLED);
    assertThat(last.bytes()).isEqualTo(8 << 20);
  }

  @Test
  void aCancelledMoveWritesWhatItHadRead() {
    SimCopier copier = copier(CopyStyle.GROUPS);
    copier.submit(job(1, CopyKind.MOVE, CopyUrgency.BACKGROUND, 6, 7, 8), 0);
    simulation.at(MILLI, now -> copier.cancel(1, now));
    simulation.run(now -> {});
    assertThat(ends).containsExactly(entry(1L, 2 * (PIECE + 2 * MILLI)));
    assertThat(last.copyNanos()).isEqualTo(2 * (PIECE + 2 * MILLI));
    assertThat(last.bytes()).isEqualTo(8 << 20);
  }

  @Test
  void aProbeOccupiesNoLinkAndFindsNothing() {
    int[] none = {};
    CopyJob probe =
        new CopyJob(
            1,
            CopyKind.PROBE,
            CopyUrgency.RESTORE,
            1,
            -1,
            none,
            none,
            none,
            new long[2],
            new long[2],
            new int[2],
            new int[2],
            new int[2]);
    run(copier(CopyStyle.GROUPS), probe, job(2, CopyKind.LOAD, CopyUrgency.RESTORE, 1));
    assertThat(ends).containsExactly(entry(1L, PIECE), entry(2L, PIECE + MILLI));
    assertThat(last.outcomes()).containsExactly(CopyOutcome.DONE);
  }
}

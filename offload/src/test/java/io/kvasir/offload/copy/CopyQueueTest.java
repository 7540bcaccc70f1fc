package io.kvasir.offload.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyUrgency;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which piece goes next. */
class CopyQueueTest {
  private static final CopyEngineConfig CONFIG = new CopyEngineConfig(1000, 4, 3, 1, 1);

  private static final List<CopyUrgency> URGENCIES = List.of(CopyUrgency.values());

  private final CopyLink link = link(null);
  private long nextId = 1;

  private static CopyLink link(@Nullable StagingPool staging) {
    return new CopyLink(
        0,
        new HeapStore("dram", 1000),
        LinkDirection.READ,
        CONFIG,
        staging,
        new ReentrantLock().newCondition());
  }

  private CopyTask add(CopyLink to, CopyUrgency urgency, int blocks) {
    int[] slots = Jobs.range(0, blocks);
    return add(to, Jobs.load(nextId++, urgency, 0, slots, slots));
  }

  private CopyTask addMove(CopyLink to, CopyUrgency urgency, int blocks) {
    int[] slots = Jobs.range(0, blocks);
    return add(to, Jobs.move(nextId++, urgency, 0, 1, slots, slots));
  }

  private static CopyTask add(CopyLink to, CopyJob job) {
    CopyTask task = new CopyTask(job, to, 0);
    to.queue().add(task.enqueue());
    return task;
  }

  /** The next piece as text: job:blocks of every span. */
  private static String take(CopyLink from) {
    Piece piece = from.queue().take();
    if (piece == null) {
      return "";
    }
    List<String> spans = new ArrayList<>();
    piece.spans().forEach(span -> spans.add(span.task().job().jobId() + ":" + span.count()));
    return String.join(" ", spans);
  }

  @Test
  void theMostUrgentGoesFirstAndOvertakesBetweenPieces() {
    add(link, CopyUrgency.BACKGROUND, 6);
    assertThat(take(link)).isEqualTo("1:4");
    add(link, CopyUrgency.SWAP_OUT, 4);
    add(link, CopyUrgency.RESTORE, 4);
    assertThat(link.queue().queuedBlocks()).isEqualTo(10);
    assertThat(take(link)).isEqualTo("3:4");
    assertThat(take(link)).isEqualTo("2:4");
    assertThat(take(link)).isEqualTo("1:2");
    assertThat(take(link)).isEmpty();
    assertThat(link.queue().queuedBlocks()).isZero();
  }

  @Test
  void jobsOfOneUrgencyShareAPiece() {
    add(link, CopyUrgency.PREFETCH, 1);
    add(link, CopyUrgency.RESTORE, 2);
    add(link, CopyUrgency.RESTORE, 1);
    add(link, CopyUrgency.RESTORE, 3);
    assertThat(take(link)).isEqualTo("2:2 3:1 4:1");
    assertThat(take(link)).isEqualTo("4:2");
    assertThat(take(link)).isEqualTo("1:1");
  }

  @Test
  void everyThirdPieceIsTheOldests() {
    add(link, CopyUrgency.BACKGROUND, 12);
    add(link, CopyUrgency.RESTORE, 40);
    List<String> taken = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      taken.add(take(link));
    }
    assertThat(taken)
        .containsExactly("2:4", "2:4", "1:4", "2:4", "2:4", "1:4", "2:4", "2:4", "1:4");
  }

  @Test
  void whateverComesNobodyWaitsLongerThanTheBound() {
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      CopyLink busy = link(null);
      Map<CopyTask, Integer> bounds = new HashMap<>();
      for (int pieces = 0; pieces < 500; pieces++) {
        for (int arrivals = random.nextInt(3); arrivals > 0; arrivals--) {
          // Mostly urgent, so that without promotion the others would starve.
          CopyUrgency urgency =
              random.nextInt(5) > 0
                  ? CopyUrgency.RESTORE
                  : URGENCIES.get(random.nextInt(URGENCIES.size()));
          int before = busy.queue().queuedBlocks();
          CopyTask task = add(busy, urgency, 1 + random.nextInt(9));
          bounds.put(task, pieces + CONFIG.promoteEvery() * (before + 1));
        }
        Piece piece = busy.queue().take();
        if (piece != null) {
          piece.spans().forEach(span -> bounds.remove(span.task()));
        }
        for (Map.Entry<CopyTask, Integer> bound : bounds.entrySet()) {
          assertThat(pieces)
              .as("seed %d, job %d", seed, bound.getKey().job().jobId())
              .isLessThan(bound.getValue());
        }
      }
    }
  }

  @Test
  void aMoveWithoutStagingMemoryIsPassedByLoads() {
    try (StagingPool staging = new StagingPool("staging", 1, 4, 64)) {
      CopyLink reads = link(staging);
      StagingChunk only = staging.take();
      addMove(reads, CopyUrgency.RESTORE, 4);
      add(reads, CopyUrgency.BACKGROUND, 4);
      assertThat(take(reads)).isEqualTo("2:4");
      assertThat(take(reads)).isEmpty();
      staging.give(only);
      assertThat(take(reads)).isEqualTo("1:4");
    }
  }

  @Test
  void aMoveThatIsDueGetsTheNextStagingMemoryWhateverIsMoreUrgent() {
    try (StagingPool staging = new StagingPool("staging", 1, 4, 64)) {
      CopyLink reads = link(staging);
      StagingChunk only = staging.take();
      addMove(reads, CopyUrgency.BACKGROUND, 4);
      addMove(reads, CopyUrgency.SWAP_OUT, 4);
      add(reads, CopyUrgency.RESTORE, 20);
      assertThat(take(reads)).isEqualTo("3:4");
      assertThat(take(reads)).isEqualTo("3:4");
      assertThat(take(reads)).isEqualTo("3:4");
      staging.give(only);
      assertThat(take(reads)).isEqualTo("1:4");
      assertThat(take(reads)).isEqualTo("3:4");
    }
  }

  @Test
  void aMoveThatCannotBeginDoesNotKeepOthersFromTheirTurn() {
    try (StagingPool staging = new StagingPool("staging", 1, 4, 64)) {
      CopyLink reads = link(staging);
      StagingChunk only = staging.take();
      addMove(reads, CopyUrgency.BACKGROUND, 4);
      add(reads, CopyUrgency.BACKGROUND, 8);
      add(reads, CopyUrgency.RESTORE, 40);
      List<String> taken = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        taken.add(take(reads));
      }
      assertThat(taken).containsExactly("3:4", "3:4", "2:4", "3:4", "3:4", "2:4");
      staging.give(only);
      assertThat(take(reads)).isEqualTo("1:4");
    }
  }

  @Test
  void urgentMovesCannotKeepAnOldMoveFromStagingMemory() {
    try (StagingPool staging = new StagingPool("staging", 1, 4, 64)) {
      CopyLink reads = link(staging);
      StagingChunk chunk = staging.take();
      addMove(reads, CopyUrgency.BACKGROUND, 4);
      addMove(reads, CopyUrgency.RESTORE, 100);
      add(reads, CopyUrgency.RESTORE, 100);
      // A load goes whenever the memory is taken, so that each turn of the oldest finds it taken.
      assertThat(take(reads)).isEqualTo("3:4");
      staging.give(chunk);
      Piece move = Objects.requireNonNull(reads.queue().take());
      assertThat(move.spans().getFirst().task().job().jobId()).isEqualTo(2);
      assertThat(take(reads)).isEqualTo("3:4");
      staging.give(Objects.requireNonNull(move.spans().getFirst().chunk()));
      assertThat(take(reads)).isEqualTo("1:4");
    }
  }

  @Test
  void movesDoNotShareAPiece() {
    try (StagingPool staging = new StagingPool("staging", 2, 4, 64)) {
      CopyLink reads = link(staging);
      addMove(reads, CopyUrgency.BACKGROUND, 2);
      addMove(reads, CopyUrgency.BACKGROUND, 2);
      assertThat(take(reads)).isEqualTo("1:2");
      assertThat(take(reads)).isEqualTo("2:2");
    }
  }

  @Test
  void whatIsRemovedIsNotTaken() {
    add(link, CopyUrgency.RESTORE, 2);
    CopyTask middle = add(link, CopyUrgency.RESTORE, 2);
    add(link, CopyUrgency.RESTORE, 2);
    link.queue().remove(Objects.requireNonNull(middle.waiting()));
    assertThat(link.queue().queuedBlocks()).isEqualTo(4);
    assertThat(take(link)).isEqualTo("1:2 3:2");
    assertThat(take(link)).isEmpty();
  }

  @Test
  void hasRoomUpToTheBoundOnly() {
    add(link, CopyUrgency.RESTORE, 990);
    assertThat(link.queue().hasRoom(10)).isTrue();
    assertThat(link.queue().hasRoom(11)).isFalse();
    assertThat(link.queue().hasRoom(Integer.MAX_VALUE)).isFalse();
  }
}

package io.kvasir.offload.copy;

import io.kvasir.kvpool.tier.CopyUrgency;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one direction of one link, and in which order it goes: the most urgent first,
 * those of one urgency in the order they came, in pieces, so that an urgent job overtakes a large
 * one between two of its pieces. Jobs of one urgency share a piece.
 *
 * <p><b>Nobody starves.</b> Of every {@code promoteEvery} pieces one goes to whoever has waited
 * longest, of those that can begin. So a job with {@code a} blocks waiting before it when it came
 * (at most the queue's bound) begins after at most {@code promoteEvery x (a + 1)} pieces, whatever
 * comes later. A move whose turn that is while no staging memory is free lets the others go on and
 * gets the next that is, whoever is more urgent; staging memory is given free by the destination's
 * queue, for which the same holds.
 *
 * <p>No threads, no clock: guarded by the engine's lock.
 */
final class CopyQueue {
  private final CopyEngineConfig config;
  private final @Nullable StagingPool staging;
  private final Map<CopyUrgency, Rank> ranks = new EnumMap<>(CopyUrgency.class);
  private int queuedBlocks;
  private long arrivals;
  private int sinceOldest;
  // The oldest of all was a move when it was the oldest's turn, and had no staging memory.
  private boolean moveIsOwed;

  /** Those of one urgency: what can begin at once, and moves, which need staging memory first. */
  private record Rank(WaitList direct, WaitList moves) {}

  /**
   * @param staging memory for moves that are read here; null if none are
   */
  CopyQueue(CopyEngineConfig config, @Nullable StagingPool staging) {
    this.config = config;
    this.staging = staging;
    for (CopyUrgency urgency : CopyUrgency.values()) {
      ranks.put(urgency, new Rank(new WaitList(false), new WaitList(true)));
    }
  }

  /** Blocks that wait. */
  int queuedBlocks() {
    return queuedBlocks;
  }

  /** Whether so many more blocks may wait. */
  boolean hasRoom(int blocks) {
    return queuedBlocks + (long) blocks <= config.queueBlocksMax();
  }

  /** Appends; the bound is the caller's business: what a move has read must be written. */
  void add(Waiting waiting) {
    waiting.age = arrivals++;
    listOf(waiting).add(waiting);
    queuedBlocks += waiting.blocks();
  }

  /** Removes what has not begun. */
  void remove(Waiting waiting) {
    listOf(waiting).remove(waiting);
    queuedBlocks -= waiting.blocks();
  }

  /** Takes the next piece; null if nothing waits that can begin. */
  @Nullable Piece take() {
    WaitList list = choose();
    if (list == null) {
      return null;
    }
    StagingChunk into = list.staged && staging != null ? staging.take() : null;
    List<Span> spans = new ArrayList<>();
    int blocks = 0;
    for (Waiting head = list.first(); head != null; head = list.first()) {
      int count = Math.min(head.blocks(), config.pieceBlocksMax() - blocks);
      if (into != null) {
        into.assign(head.from);
      }
      spans.add(new Span(head.task, head.from, count, into != null ? into : head.chunk));
      blocks += count;
      head.from += count;
      if (head.blocks() == 0) {
        list.remove(head);
        head.task.nothingWaits(head);
      }
      if (into != null || blocks == config.pieceBlocksMax()) {
        break;
      }
    }
    queuedBlocks -= blocks;
    return new Piece(spans, blocks);
  }

  private @Nullable WaitList choose() {
    boolean canStage = staging != null && !staging.isEmpty();
    WaitList oldestDirect = null;
    WaitList oldestMove = null;
    WaitList urgent = null;
    // The most urgent rank comes first.
    for (Rank rank : ranks.values()) {
      oldestDirect = older(oldestDirect, rank.direct);
      oldestMove = older(oldestMove, rank.moves);
      if (urgent == null) {
        urgent = older(rank.direct, canStage ? rank.moves : null);
      }
    }
    if (urgent == null) {
      return null;
    }
    WaitList oldest = older(oldestDirect, oldestMove);
    WaitList chosen = urgent;
    if (sinceOldest + 1 >= config.promoteEvery()) {
      chosen = older(oldestDirect, canStage ? oldestMove : null);
      moveIsOwed |= chosen != oldest;
      sinceOldest = 0;
    } else {
      if (moveIsOwed && canStage) {
        chosen = oldestMove;
      }
      sinceOldest = chosen == oldest ? 0 : sinceOldest + 1;
    }
    moveIsOwed &= chosen != oldestMove && oldestMove != null;
    return chosen;
  }

  /** The list whose first has waited longer; null if both are empty. */
  private static @Nullable WaitList older(@Nullable WaitList one, @Nullable WaitList other) {
    Waiting a = one == null ? null : one.first();
    Waiting b = other == null ? null : other.first();
    if (a == null) {
      return b == null ? null : other;
    }
    return b == null || a.age < b.age ? one : other;
  }

  private WaitList listOf(Waiting waiting) {
    Rank rank = Objects.requireNonNull(ranks.get(waiting.task.job().urgency()));
    boolean needsStaging = staging != null && waiting.chunk == null && waiting.task.isMove();
    return needsStaging ? rank.moves : rank.direct;
  }
}

package io.kvasir.offload.copy;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.offload.store.BlockTransfer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What waits, what is under way and what is over: all of the engine's state, behind one lock that
 * is never held while bytes move or a listener runs.
 */
final class CopyBoard {
  private final ReentrantLock lock;
  private final LongSupplier nanoClock;
  private final CopyResults results;
  private final Map<Long, CopyTask> active = new HashMap<>();
  private List<CopyLink> reads = List.of();
  private List<CopyLink> writes = List.of();
  private Map<Integer, CopyLink> asks = Map.of();
  private boolean closed;
  private boolean stopped;

  CopyBoard(ReentrantLock lock, LongSupplier nanoClock, CopyResults results) {
    this.lock = lock;
    this.nanoClock = nanoClock;
    this.results = results;
  }

  /** The links, by tier; asks are those of shared servers. To be set before any other call. */
  void connect(List<CopyLink> reads, List<CopyLink> writes, Map<Integer, CopyLink> asks) {
    this.reads = reads;
    this.writes = writes;
    this.asks = asks;
  }

  void submit(CopyJob job) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the copy engine is closed");
      }
      if (active.containsKey(job.jobId())) {
        throw new IllegalArgumentException("jobId " + job.jobId() + " is under way already");
      }
      CopyLink home =
          switch (job.kind()) {
            case LOAD, MOVE -> reads.get(job.tier());
            case STORE -> writes.get(job.tier());
            case PROBE -> ask(job.tier());
          };
      CopyTask task = new CopyTask(job, home, nanoClock.getAsLong());
      results.expect(task);
      if (home.queue().hasRoom(job.blockCount())) {
        active.put(job.jobId(), task);
        home.queue().add(task.enqueue());
        home.work().signalAll();
      } else {
        task.refuse("queue full");
        home.meter().jobRefused(job.blockCount());
        results.hand(task);
      }
    } finally {
      lock.unlock();
    }
  }

  private CopyLink ask(int tier) {
    CopyLink link = asks.get(tier);
    if (link == null) {
      throw new IllegalArgumentException("kind: tier " + tier + " is shared with nobody");
    }
    return link;
  }

  void cancel(long jobId) {
    lock.lock();
    try {
      CopyTask task = active.get(jobId);
      if (task != null) {
        cancelWaiting(task);
      }
    } finally {
      lock.unlock();
    }
  }

  private void cancelWaiting(CopyTask task) {
    Waiting waiting = task.waiting();
    if (waiting != null) {
      task.home().queue().remove(waiting);
      task.cancelWaiting(nanoClock.getAsLong());
      if (task.isSettled()) {
        end(task);
        results.hand(task);
      }
    }
  }

  private void end(CopyTask task) {
    active.remove(task.job().jobId());
    task.home().meter().jobEnded(task.cancelledBlocks());
  }

  /** Cancels everything taken so far and waits until it was told. */
  void drain() {
    lock.lock();
    try {
      cancelAll();
      results.awaitTold();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes no more jobs, and drains.
   *
   * @return whether this was the first call
   */
  boolean close() {
    lock.lock();
    try {
      boolean first = !closed;
      closed = true;
      cancelAll();
      results.awaitTold();
      stopped = true;
      reads.forEach(link -> link.work().signalAll());
      writes.forEach(link -> link.work().signalAll());
      asks.values().forEach(link -> link.work().signalAll());
      results.stop();
      return first;
    } finally {
      lock.unlock();
    }
  }

  private void cancelAll() {
    List.copyOf(active.values()).forEach(this::cancelWaiting);
  }

  /** Throws if any job was not told of. */
  void requireIdle() {
    lock.lock();
    try {
      if (results.isPending()) {
        throw new IllegalStateException("copies are under way; drain first");
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a link's next piece; null when it is time to end. */
  @Nullable Piece next(CopyLink link) {
    lock.lock();
    try {
      Piece piece = link.queue().take();
      while (piece == null) {
        if (stopped) {
          return null;
        }
        link.work().awaitUninterruptibly();
        piece = link.queue().take();
      }
      long now = nanoClock.getAsLong();
      for (Span span : piece.spans()) {
        span.task().begin(now);
      }
      return piece;
    } finally {
      lock.unlock();
    }
  }

  /** Notes what a call did, and answers the jobs that are over by it. */
  List<CopyTask> settle(CopyLink link, Piece piece, StoreCall call) {
    List<CopyTask> over = new ArrayList<>();
    lock.lock();
    try {
      int at = 0;
      for (Span span : piece.spans()) {
        List<BlockTransfer> moved = call.batch().subList(at, at + span.count());
        at += span.count();
        settle(link, span, moved, call.nanos() * span.count() / piece.blocks());
        if (span.task().isSettled()) {
          end(span.task());
          over.add(span.task());
        }
      }
    } finally {
      lock.unlock();
    }
    return over;
  }

  private void settle(CopyLink link, Span span, List<BlockTransfer> moved, long nanos) {
    CopyTask task = span.task();
    if (task.isMove() && link.direction() == LinkDirection.READ) {
      task.moved(0, 0, nanos);
      passOn(link, span, moved);
      return;
    }
    long bytes = 0;
    for (int i = 0; i < moved.size(); i++) {
      BlockTransfer transfer = moved.get(i);
      bytes += transfer.outcome == CopyOutcome.DONE ? transfer.bytes : 0;
      task.settle(span.from() + i, transfer.outcome, transfer.failure);
    }
    int runs = link.direction() == LinkDirection.ASK ? 0 : Runs.count(moved, 0, moved.size());
    task.moved(bytes, runs, nanos);
    if (span.chunk() != null && span.chunk().written(span.count())) {
      task.home().work().signalAll();
    }
  }

  /** What a move has read well waits to be written; neighbours stay neighbours. */
  private void passOn(CopyLink link, Span span, List<BlockTransfer> read) {
    CopyTask task = span.task();
    CopyLink target = writes.get(task.job().toTier());
    int kept = 0;
    int start = 0;
    for (int i = 0; i <= read.size(); i++) {
      boolean good = i < read.size() && read.get(i).outcome == CopyOutcome.DONE;
      kept += good ? 1 : 0;
      if (!good) {
        if (start < i) {
          target.queue().add(new Waiting(task, span.chunk(), span.from() + start, span.from() + i));
        }
        start = i + 1;
        if (i < read.size()) {
          task.settle(span.from() + i, read.get(i).outcome, read.get(i).failure);
        }
      }
    }
    if (span.chunk() != null) {
      span.chunk().keep(kept);
    }
    (kept == 0 ? link : target).work().signalAll();
  }

  List<LinkStats> stats() {
    List<LinkStats> stats = new ArrayList<>();
    lock.lock();
    try {
      for (int tier = 0; tier < reads.size(); tier++) {
        stats.add(reads.get(tier).stats());
        stats.add(writes.get(tier).stats());
      }
    } finally {
      lock.unlock();
    }
    return stats;
  }
}

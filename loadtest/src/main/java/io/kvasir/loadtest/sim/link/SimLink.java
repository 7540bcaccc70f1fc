package io.kvasir.loadtest.sim.link;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.loadtest.sim.event.SimEvent;
import io.kvasir.loadtest.sim.event.Simulation;
import java.util.ArrayDeque;
import java.util.EnumMap;
import org.jspecify.annotations.Nullable;

/**
 * One direction of one tier's link, in virtual time. Jobs are cut into calls of a few blocks, as
 * the copy engine does; after each call the most urgent job that waits goes on, and every few calls
 * the oldest one whatever its urgency. Confined to one thread.
 */
public final class SimLink implements SimEvent {
  /* As io.kvasir.offload.copy.CopyEngineConfig.forBlockBytes has them. */
  private static final long CALL_BYTES = 8L << 20;
  private static final int CALL_BLOCKS_MAX = 256;
  private static final int PROMOTE_EVERY = 8;

  /** Hears of transfers. */
  interface Listener {
    /** A transfer is over. */
    void transferred(SimLink link, Transfer transfer, long now);
  }

  private final Simulation simulation;
  private final String name;
  private final double bytesPerSecond;
  private final long pieceNanos;
  private final CopyStyle style;
  private final int layers;
  private final long blockBytes;
  private final int callBlocks;
  private final Listener listener;
  private final EnumMap<CopyUrgency, ArrayDeque<Transfer>> waiting =
      new EnumMap<>(CopyUrgency.class);

  private @Nullable Transfer current;
  private int currentEnd;
  private long calls;
  private long submitted;
  private long bytes;
  private long pieces;
  private long busyNanos;

  SimLink(
      Simulation simulation,
      String name,
      double bytesPerSecond,
      long pieceNanos,
      CopyStyle style,
      int layers,
      long blockBytes,
      Listener listener) {
    this.simulation = simulation;
    this.name = name;
    this.bytesPerSecond = bytesPerSecond;
    this.pieceNanos = pieceNanos;
    this.style = style;
    this.layers = layers;
    this.blockBytes = blockBytes;
    this.callBlocks = Math.clamp(CALL_BYTES / blockBytes, 1, CALL_BLOCKS_MAX);
    this.listener = listener;
  }

  public String name() {
    return name;
  }

  /** Bytes carried. */
  public long bytes() {
    return bytes;
  }

  /** Pieces carried. */
  public long pieces() {
    return pieces;
  }

  /** Time it was busy, nanoseconds. */
  public long busyNanos() {
    return busyNanos;
  }

  /** Cost of every piece before its bytes move, nanoseconds. */
  long pieceNanos() {
    return pieceNanos;
  }

  /** A transfer of a job's first {@code blocks} blocks, to be submitted. */
  Transfer transfer(CopyJob job, int blocks, long now) {
    return new Transfer(job, blocks, now, submitted++);
  }

  void submit(Transfer transfer, long now) {
    queue(transfer).add(transfer);
    if (current == null) {
      beginCall(now);
    }
  }

  /** Gives up what has not begun of a transfer. A call of it that is under way goes on. */
  void cancel(Transfer transfer, long now) {
    if (transfer == current) {
      transfer.end = currentEnd;
    } else if (queue(transfer).remove(transfer)) {
      transfer.end = transfer.copied;
      simulation.at(now, at -> listener.transferred(this, transfer, at));
    }
  }

  /** The call under way is over. */
  @Override
  public void happen(long now) {
    Transfer transfer = current;
    if (transfer == null) {
      throw new IllegalStateException("no call is under way on " + name);
    }
    current = null;
    transfer.copied = currentEnd;
    if (transfer.copied < transfer.end) {
      queue(transfer).addFirst(transfer);
      beginCall(now);
    } else {
      beginCall(now);
      listener.transferred(this, transfer, now);
    }
  }

  private void beginCall(long now) {
    Transfer transfer = next();
    if (transfer == null) {
      return;
    }
    current = transfer;
    currentEnd = Math.min(transfer.end, transfer.copied + callBlocks);
    int blocks = currentEnd - transfer.copied;
    int runs = transfer.runs(transfer.copied, currentEnd, style.cutsRuns());
    int callPieces = style.pieces(blocks, runs, layers);
    long nanos = callPieces * pieceNanos + Math.round(1e9 * blocks * blockBytes / bytesPerSecond);
    if (transfer.beganNanos < 0) {
      transfer.beganNanos = now;
    }
    transfer.runs += runs;
    transfer.busyNanos += nanos;
    bytes += blocks * blockBytes;
    pieces += callPieces;
    busyNanos += nanos;
    simulation.at(now + nanos, this);
  }

  private ArrayDeque<Transfer> queue(Transfer transfer) {
    return waiting.computeIfAbsent(transfer.job.urgency(), urgency -> new ArrayDeque<>());
  }

  private @Nullable Transfer next() {
    ArrayDeque<Transfer> from = null;
    boolean promote = ++calls % PROMOTE_EVERY == 0;
    for (ArrayDeque<Transfer> queue : waiting.values()) {
      if (!queue.isEmpty()
          && (from == null || (promote && queue.getFirst().sequence < from.getFirst().sequence))) {
        from = queue;
      }
    }
    return from == null ? null : from.removeFirst();
  }
}

package io.kvasir.loadtest.sim.link;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.loadtest.sim.event.Simulation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Carries out copy jobs in virtual time: a store on the write link of its tier, a load on the read
 * link, a move on the read link of the upper tier and then on the write link of the lower one.
 * Every copy succeeds, unless it is cancelled before it began. A probe occupies no link and finds
 * nothing: no other instance is there to have stored anything. Confined to one thread.
 */
public final class SimCopier implements SimLink.Listener {

  /** Hears of copies. */
  public interface Listener {

    /** A job is over; exactly once per job. */
    void copied(CopyJob job, CopyResult result, long now);

    /** So many blocks of a job, at least 1, were on a link from {@code beganNanos} to now. */
    default void carried(SimLink link, CopyJob job, int blocks, long beganNanos, long now) {}
  }

  private final Simulation simulation;
  private final Listener listener;
  private final long blockBytes;
  private final List<SimLink> reads = new ArrayList<>();
  private final List<SimLink> writes = new ArrayList<>();

  /** On the link where they began; by job. */
  private final Map<Long, Transfer> first = new HashMap<>();

  /** Moves that were read and are being written; by job. */
  private final Map<Long, Transfer> firstHalves = new HashMap<>();

  private int swapsUnderWay;

  /**
   * @param tiers fastest first
   * @param style how blocks are copied
   */
  public SimCopier(
      Simulation simulation,
      List<SimTier> tiers,
      BlockGeometry geometry,
      CopyStyle style,
      Listener listener) {
    this.simulation = simulation;
    this.listener = listener;
    this.blockBytes = geometry.blockBytes();
    for (SimTier tier : tiers) {
      LinkProfile link = tier.link();
      reads.add(
          new SimLink(
              simulation,
              tier.name() + " read",
              link.readBytesPerSecond(),
              link.pieceNanos(),
              style,
              geometry.layers(),
              blockBytes,
              this));
      writes.add(
          new SimLink(
              simulation,
              tier.name() + " write",
              link.writeBytesPerSecond(),
              link.pieceNanos(),
              style,
              geometry.layers(),
              blockBytes,
              this));
    }
  }

  /** Every link: tier by tier, its read before its write. */
  public List<SimLink> links() {
    List<SimLink> links = new ArrayList<>();
    for (int t = 0; t < reads.size(); t++) {
      links.add(reads.get(t));
      links.add(writes.get(t));
    }
    return links;
  }

  /** Swaps, in and out, that are not over; copies that nobody waits for are not counted. */
  public int swapsUnderWay() {
    return swapsUnderWay;
  }

  /** Takes a job. */
  public void submit(CopyJob job, long now) {
    if (job.kind() == CopyKind.PROBE) {
      long answered = now + reads.get(job.tier()).pieceNanos();
      simulation.at(answered, at -> listener.copied(job, notFound(job, at - now), at));
      return;
    }
    swapsUnderWay += isSwap(job) ? 1 : 0;
    SimLink link = home(job);
    Transfer transfer = link.transfer(job, job.blockCount(), now);
    first.put(job.jobId(), transfer);
    link.submit(transfer, now);
  }

  /**
   * Gives up what has not begun of a job, as the copy engine does. One that is over, or not there
   * yet, is left alone.
   */
  public void cancel(long jobId, long now) {
    Transfer transfer = first.get(jobId);
    if (transfer != null) {
      home(transfer.job).cancel(transfer, now);
    }
  }

  private SimLink home(CopyJob job) {
    return job.kind() == CopyKind.STORE ? writes.get(job.tier()) : reads.get(job.tier());
  }

  @Override
  public void transferred(SimLink link, Transfer transfer, long now) {
    CopyJob job = transfer.job;
    first.remove(job.jobId());
    if (transfer.copied > 0) {
      listener.carried(link, job, transfer.copied, transfer.beganNanos, now);
    }
    Transfer before = firstHalves.remove(job.jobId());
    if (job.kind() == CopyKind.MOVE && before == null && transfer.copied > 0) {
      firstHalves.put(job.jobId(), transfer);
      SimLink write = writes.get(job.toTier());
      write.submit(write.transfer(job, transfer.copied, now), now);
      return;
    }
    swapsUnderWay -= isSwap(job) ? 1 : 0;
    listener.copied(job, result(transfer, before, now), now);
  }

  private CopyResult result(Transfer last, @Nullable Transfer before, long now) {
    Transfer began = before == null ? last : before;
    int count = last.job.blockCount();
    CopyOutcome[] outcomes = new CopyOutcome[count];
    Arrays.fill(outcomes, 0, last.copied, CopyOutcome.DONE);
    Arrays.fill(outcomes, last.copied, count, CopyOutcome.CANCELLED);
    return new CopyResult(
        last.job.jobId(),
        List.of(outcomes),
        last.copied * blockBytes,
        last.runs,
        (began.beganNanos < 0 ? now : began.beganNanos) - began.submittedNanos,
        last.busyNanos + (before == null ? 0 : before.busyNanos),
        "");
  }

  private static CopyResult notFound(CopyJob probe, long nanos) {
    List<CopyOutcome> outcomes = Collections.nCopies(probe.blockCount(), CopyOutcome.MISS);
    return new CopyResult(probe.jobId(), outcomes, 0, 0, 0, nanos, "");
  }

  private static boolean isSwap(CopyJob job) {
    return job.urgency() == CopyUrgency.RESTORE || job.urgency() == CopyUrgency.SWAP_OUT;
  }
}

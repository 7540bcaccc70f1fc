package io.kvasir.loadtest.sim.link;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.loadtest.sim.event.Simulation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Carries out copy jobs in virtual time: a store on the write link of its tier, a load on the read
 * link, a move on the read link of the upper tier and then on the write link of the lower one.
 * Every copy succeeds. Confined to one thread.
 */
public final class SimCopier implements SimLink.Listener {

  /** Hears of copies. */
  public interface Listener {

    /** A job is over; exactly once per job. */
    void copied(CopyJob job, CopyResult result, long now);

    /** A job was on a link from {@code beganNanos} to now. */
    default void carried(SimLink link, CopyJob job, long beganNanos, long now) {}
  }

  private final Listener listener;
  private final long blockBytes;
  private final List<SimLink> reads = new ArrayList<>();
  private final List<SimLink> writes = new ArrayList<>();
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
    swapsUnderWay += isSwap(job) ? 1 : 0;
    SimLink link = job.kind() == CopyKind.STORE ? writes.get(job.tier()) : reads.get(job.tier());
    link.submit(link.transfer(job, now), now);
  }

  @Override
  public void transferred(SimLink link, Transfer transfer, long now) {
    CopyJob job = transfer.job;
    listener.carried(link, job, transfer.beganNanos, now);
    Transfer read = transfer;
    if (job.kind() == CopyKind.MOVE) {
      Transfer before = firstHalves.remove(job.jobId());
      if (before == null) {
        firstHalves.put(job.jobId(), transfer);
        SimLink write = writes.get(job.toTier());
        write.submit(write.transfer(job, now), now);
        return;
      }
      read = before;
    }
    swapsUnderWay -= isSwap(job) ? 1 : 0;
    CopyResult result =
        new CopyResult(
            job.jobId(),
            Collections.nCopies(job.blockCount(), CopyOutcome.DONE),
            job.blockCount() * blockBytes,
            transfer.runs,
            read.beganNanos - read.submittedNanos,
            transfer.busyNanos,
            "");
    listener.copied(job, result, now);
  }

  private static boolean isSwap(CopyJob job) {
    return job.urgency() == CopyUrgency.RESTORE || job.urgency() == CopyUrgency.SWAP_OUT;
  }
}

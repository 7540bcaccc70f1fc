package io.kvasir.loadtest.sim.engine;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.loadtest.sim.event.Simulation;
import io.kvasir.loadtest.sim.link.SimCopier;
import io.kvasir.loadtest.sim.link.SimLink;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Copies of the model of vLLM 0.3.3: what a job moves, and what happens when it is over. Blocks
 * have no identity there; those of a job lie in groups of {@link #GROUP_BLOCKS} neighbours, which
 * only counts where an engine copies whole groups. Confined to one thread.
 */
final class VllmSwaps implements SimCopier.Listener {
  /** Blocks of a group where there are groups: an assumption. */
  static final int GROUP_BLOCKS = 60;

  private final SimCopier copier;
  private final SimObserver observer;
  private final Map<Long, Runnable> ends = new HashMap<>();
  private final Runnable settled;
  private long jobs;

  /**
   * @param settled is run whenever a copy has ended
   */
  VllmSwaps(Simulation simulation, SimSetup setup, SimObserver observer, Runnable settled) {
    this.observer = observer;
    this.settled = settled;
    copier =
        new SimCopier(
            simulation,
            setup.tiers(),
            setup.model().geometry(setup.blockTokens()),
            setup.copies(),
            this);
  }

  /** Copies under way. */
  int underWay() {
    return ends.size();
  }

  List<SimLink> links() {
    return copier.links();
  }

  /** Copies blocks {@code from} to {@code to - 1} of a request to the host, at least one. */
  void out(int from, int to, long now, Runnable end) {
    submit(CopyKind.STORE, CopyUrgency.SWAP_OUT, from, to, now, end);
  }

  /** Copies the first blocks of a request to the device, at least one. */
  void in(int blocks, long now, Runnable end) {
    submit(CopyKind.LOAD, CopyUrgency.RESTORE, 0, blocks, now, end);
  }

  private void submit(
      CopyKind kind, CopyUrgency urgency, int from, int to, long now, Runnable end) {
    int count = to - from;
    int[] places = new int[count];
    for (int i = 0; i < count; i++) {
      places[i] = from + i + (from + i) / GROUP_BLOCKS;
    }
    long id = ++jobs;
    ends.put(id, end);
    copier.submit(
        new CopyJob(
            id,
            kind,
            urgency,
            0,
            -1,
            places,
            places,
            new int[0],
            new long[count],
            new long[count],
            new int[count],
            new int[count],
            new int[count]),
        now);
  }

  @Override
  public void copied(CopyJob job, CopyResult result, long now) {
    Runnable end = ends.remove(job.jobId());
    if (end == null) {
      throw new IllegalStateException("no copy " + job.jobId() + " is under way");
    }
    end.run();
    settled.run();
  }

  @Override
  public void carried(SimLink link, CopyJob job, int blocks, long beganNanos, long now) {
    observer.carried(link.name(), job, blocks, beganNanos, now);
  }
}

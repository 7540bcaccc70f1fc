package io.kvasir.loadtest.sim.calibrate;

import io.kvasir.loadtest.sim.device.FittedStepTime;
import io.kvasir.loadtest.sim.device.StepLoad;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.runner.ForwardingRunner;
import io.kvasir.worker.runner.ModelRunner;
import java.util.ArrayList;
import java.util.List;

/**
 * A model runner in service whose steps are measured, so that a step time can be fitted to what the
 * machine does while it serves: gateway, scheduler and clients take their share of it. The
 * hand-over from the step before belongs to a step that follows at once; what is longer than {@link
 * #HAND_OVER_NANOS} is a rest and belongs to nobody. Confined to the worker loop, except {@link
 * #forget} and {@link #fit}, which any thread may call.
 */
public final class MeasuredRunner extends ForwardingRunner {
  private static final int MOST_SAMPLES = 1_000_000;
  private static final int FEWEST_SAMPLES = 100;

  /** Longest hand-over. */
  private static final long HAND_OVER_NANOS = 500_000;

  private final StepLoad load = new StepLoad();
  private final List<StepSample> samples = new ArrayList<>();
  private boolean ran;
  private long endedNanos;

  /** Measures a runner, which is closed with this one. */
  public MeasuredRunner(ModelRunner runner) {
    super(runner);
  }

  @Override
  public void execute(List<BatchSequence> sequences, float[][] logits) {
    long began = System.nanoTime();
    super.execute(sequences, logits);
    long ended = System.nanoTime();
    boolean atOnce = ran && began - endedNanos <= HAND_OVER_NANOS;
    ran = true;
    long nanos = ended - (atOnce ? endedNanos : began);
    endedNanos = ended;
    load.clear();
    for (BatchSequence sequence : sequences) {
      load.add(sequence.start(), sequence.count());
    }
    synchronized (samples) {
      if (samples.size() < MOST_SAMPLES) {
        samples.add(StepSample.of(load, Math.max(1, nanos)));
      }
    }
  }

  /** Forgets what was measured until now. */
  public void forget() {
    synchronized (samples) {
      samples.clear();
    }
  }

  /**
   * Fits what was measured since {@link #forget}.
   *
   * @param file the model that is served
   * @param threads that compute
   * @throws IllegalStateException if too few steps were measured
   */
  public FittedStepTime fit(ModelFile file, int threads) {
    List<StepSample> measured;
    synchronized (samples) {
      measured = List.copyOf(samples);
    }
    if (measured.size() < FEWEST_SAMPLES) {
      throw new IllegalStateException(
          "%d steps were measured, at least %d are needed: send more requests"
              .formatted(measured.size(), FEWEST_SAMPLES));
    }
    return Calibration.fit(file, threads, measured);
  }
}

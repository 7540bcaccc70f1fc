package io.kvasir.scheduler.loop;

import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.runner.ForwardingRunner;
import io.kvasir.worker.runner.ModelRunner;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A model runner whose every step waits at a gate until the test opens it, for good. */
final class GatedRunner extends ForwardingRunner {
  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch open = new CountDownLatch(1);

  GatedRunner(ModelRunner runner) {
    super(runner);
  }

  /** Waits until a step stands at the gate. */
  void awaitArrival() throws InterruptedException {
    arrived.await();
  }

  void open() {
    open.countDown();
  }

  @Override
  public void execute(List<BatchSequence> sequences, float[][] logits) {
    arrived.countDown();
    try {
      open.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    super.execute(sequences, logits);
  }
}

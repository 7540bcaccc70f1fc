package io.kvasir.scheduler.loop;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.runner.ModelRunner;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A model runner whose every step waits at a gate until the test opens it, for good. */
final class GatedRunner implements ModelRunner {
  private final ModelRunner runner;
  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch open = new CountDownLatch(1);

  GatedRunner(ModelRunner runner) {
    this.runner = runner;
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
    runner.execute(sequences, logits);
  }

  @Override
  public String modelName() {
    return runner.modelName();
  }

  @Override
  public String modelFingerprint() {
    return runner.modelFingerprint();
  }

  @Override
  public int vocabularySize() {
    return runner.vocabularySize();
  }

  @Override
  public int contextLength() {
    return runner.contextLength();
  }

  @Override
  public int maxBatchTokens() {
    return runner.maxBatchTokens();
  }

  @Override
  public BlockGeometry geometry() {
    return runner.geometry();
  }

  @Override
  public int blockCount() {
    return runner.blockCount();
  }

  @Override
  public void close() {
    runner.close();
  }
}

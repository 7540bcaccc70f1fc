package io.kvasir.scheduler.loop;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.runner.ModelRunner;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A model runner that fails whenever it is told to, before computing anything. */
record FailingRunner(ModelRunner runner, BooleanSupplier fails) implements ModelRunner {

  @Override
  public void execute(List<BatchSequence> sequences, float[][] logits) {
    if (fails.getAsBoolean()) {
      throw new IllegalStateException("a test lets this step fail");
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

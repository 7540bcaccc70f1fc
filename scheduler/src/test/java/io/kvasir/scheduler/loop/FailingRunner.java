package io.kvasir.scheduler.loop;

import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.runner.ForwardingRunner;
import io.kvasir.worker.runner.ModelRunner;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A model runner that fails whenever it is told to, before computing anything. */
final class FailingRunner extends ForwardingRunner {
  private final BooleanSupplier fails;

  FailingRunner(ModelRunner runner, BooleanSupplier fails) {
    super(runner);
    this.fails = fails;
  }

  @Override
  public void execute(List<BatchSequence> sequences, float[][] logits) {
    if (fails.getAsBoolean()) {
      throw new IllegalStateException("a test lets this step fail");
    }
    super.execute(sequences, logits);
  }
}

package io.kvasir.worker.step;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.offload.copy.BlockCopier;
import io.kvasir.offload.copy.CopyListener;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** Notes what it is told and copies nothing. */
final class RecordingCopier implements BlockCopier {
  final BlockingQueue<String> calls = new LinkedBlockingQueue<>();

  @Override
  public List<TierSpec> tiers() {
    return List.of();
  }

  @Override
  public void listen(CopyListener listener) {}

  @Override
  public void submit(CopyJob job) {
    calls.add(job.kind() + " " + job.jobId());
  }

  @Override
  public void cancel(long jobId) {
    calls.add("cancel " + jobId);
  }

  @Override
  public void drain() {}

  @Override
  public void inventory(Consumer<StoredBlock> found) {}

  @Override
  public void close() {}
}

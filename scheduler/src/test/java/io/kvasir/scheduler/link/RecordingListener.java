package io.kvasir.scheduler.link;

import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.worker.step.StepResult;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Writes down what it hears, in order per kind. */
final class RecordingListener implements WorkerLink.Listener {
  final BlockingQueue<WorkerLink> connected = new LinkedBlockingQueue<>();
  final BlockingQueue<StepResult> results = new LinkedBlockingQueue<>();
  final BlockingQueue<CopyResult> copied = new LinkedBlockingQueue<>();
  final BlockingQueue<StoredBlock> inventory = new LinkedBlockingQueue<>();
  final BlockingQueue<String> lost = new LinkedBlockingQueue<>();

  /** What the next worker is told. */
  volatile String refusal = "";

  @Override
  public String onConnected(WorkerLink link) {
    String answer = refusal;
    if (answer.isEmpty()) {
      connected.add(link);
    }
    return answer;
  }

  @Override
  public void onResult(WorkerLink link, StepResult result) {
    results.add(result);
  }

  @Override
  public void onCopied(WorkerLink link, CopyResult result) {
    copied.add(result);
  }

  @Override
  public void onInventory(WorkerLink link, List<StoredBlock> blocks) {
    inventory.addAll(blocks);
  }

  @Override
  public void onLost(WorkerLink link, String reason) {
    lost.add(reason);
  }
}

package io.kvasir.offload.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.offload.store.BlockStore;
import io.kvasir.offload.store.BlockTransfer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A store whose calls wait, each direction at its own gate, until the test lets them through. */
final class GatedStore implements BlockStore {
  private final BlockStore store;
  final Gate loads = new Gate();
  final Gate stores = new Gate();

  /** Where calls of one direction wait. */
  static final class Gate {
    private final BlockingQueue<List<Integer>> begun = new LinkedBlockingQueue<>();
    private final Semaphore open = new Semaphore(0);

    private void pass(List<BlockTransfer> batch) {
      begun.add(batch.stream().map(transfer -> transfer.slot).toList());
      open.acquireUninterruptibly();
    }

    /** Waits for the next call to begin and answers its slots. */
    List<Integer> awaitCall() throws InterruptedException {
      List<Integer> slots = begun.poll(30, TimeUnit.SECONDS);
      assertThat(slots).as("a store call").isNotNull();
      return slots;
    }

    /** Lets one call through. */
    void let() {
      open.release();
    }

    /** Lets every call through from now on. */
    void letAll() {
      open.release(1 << 20);
    }

    /** Lets the call under way through and answers the slots of the next. */
    List<Integer> letAndAwaitCall() throws InterruptedException {
      let();
      return awaitCall();
    }
  }

  GatedStore(BlockStore store) {
    this.store = store;
  }

  void letAll() {
    loads.letAll();
    stores.letAll();
  }

  @Override
  public TierSpec spec() {
    return store.spec();
  }

  @Override
  public void store(List<BlockTransfer> batch) {
    stores.pass(batch);
    store.store(batch);
  }

  @Override
  public void load(List<BlockTransfer> batch) {
    loads.pass(batch);
    store.load(batch);
  }

  @Override
  public void inventory(int tier, Consumer<StoredBlock> found) {
    store.inventory(tier, found);
  }

  @Override
  public void close() {
    store.close();
  }
}

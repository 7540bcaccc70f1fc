package io.kvasir.offload.store.arena;

import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.offload.store.RecordTransfer;
import io.kvasir.offload.store.TierStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One tier over several memory devices. A run of neighbouring slots in one batch that is longer
 * than a threshold is cut into one piece per device, and all devices copy at once; a shorter one
 * goes to one device, the devices taking turns. A threshold because a piece that is too small costs
 * more in hand-over between threads than the second device saves.
 *
 * <p>It is not a {@code MappedStore}: records are copied by one thread per device, and so must be
 * complete before; that second copy costs little against the bandwidth of another device.
 *
 * <p>Any thread may call, as {@link TierStore} says.
 */
public final class StripedStore implements TierStore {
  private static final Logger log = LoggerFactory.getLogger(StripedStore.class);

  private final String name;
  private final List<TierStore> devices;
  private final int threshold;
  private final StripePlacement placement;
  private final ExecutorService copiers;

  private enum Direction {
    WRITE,
    READ
  }

  /**
   * Joins devices.
   *
   * @param devices at least two, of one kind and record size; closed by {@link #close}
   * @param threshold neighbouring slots above which a run is spread, at least 1
   */
  public StripedStore(String name, List<TierStore> devices, int threshold) {
    TierStore first = devices.getFirst();
    if (devices.size() < 2 || threshold < 1) {
      throw new IllegalArgumentException(
          "%s: at least 2 devices and a threshold of at least 1, given are %d and %d"
              .formatted(name, devices.size(), threshold));
    }
    for (TierStore device : devices) {
      if (device.maxRecordBytes() != first.maxRecordBytes() || device.kind() != first.kind()) {
        throw new IllegalArgumentException(name + ": devices differ in kind or record size");
      }
    }
    this.name = name;
    this.devices = List.copyOf(devices);
    this.threshold = threshold;
    placement = new StripePlacement(devices.stream().mapToInt(TierStore::slotCount).toArray());
    copiers =
        Executors.newFixedThreadPool(
            devices.size() - 1, Thread.ofPlatform().daemon().name("stripe-", 0).factory());
    log.info("{}: runs of more than {} blocks go to {} devices", name, threshold, devices.size());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public TierKind kind() {
    return devices.getFirst().kind();
  }

  @Override
  public int slotCount() {
    return placement.slotCount();
  }

  @Override
  public int maxRecordBytes() {
    return devices.getFirst().maxRecordBytes();
  }

  @Override
  public boolean persistent() {
    return false;
  }

  @Override
  public boolean emulated() {
    return devices.stream().anyMatch(TierStore::emulated);
  }

  /** Device that holds a slot's record; negative if it has none. */
  public int deviceOf(int slot) {
    return placement.device(slot);
  }

  @Override
  public void write(List<RecordTransfer> batch) {
    for (RecordTransfer transfer : batch) {
      discard(transfer.slot());
    }
    int from = 0;
    while (from < batch.size()) {
      int to = from + 1;
      while (to < batch.size() && batch.get(to).slot() == batch.get(to - 1).slot() + 1) {
        to++;
      }
      place(batch.subList(from, to));
      from = to;
    }
    copy(batch, Direction.WRITE);
  }

  private void place(List<RecordTransfer> run) {
    int pieces = run.size() > threshold ? devices.size() : 1;
    int first = placement.nextDevice();
    for (int i = 0; i < run.size(); i++) {
      int piece = (int) ((long) i * pieces / run.size());
      placement.place(run.get(i).slot(), (first + piece) % devices.size());
    }
  }

  @Override
  public void read(List<RecordTransfer> batch) {
    copy(batch, Direction.READ);
  }

  private void copy(List<RecordTransfer> batch, Direction direction) {
    List<List<Share>> shares = new ArrayList<>();
    devices.forEach(_ -> shares.add(new ArrayList<>()));
    for (RecordTransfer transfer : batch) {
      int device = placement.device(transfer.slot());
      if (device < 0) {
        transfer.missed(CopyOutcome.MISS, name + ": slot " + transfer.slot() + " is empty");
      } else {
        RecordTransfer part = new RecordTransfer();
        int slot = placement.deviceSlot(transfer.slot());
        part.aim(slot, transfer.hashHi(), transfer.hashLo(), transfer.bytes(), transfer.length());
        shares.get(device).add(new Share(transfer, part));
      }
    }
    List<Runnable> work = new ArrayList<>();
    for (int d = 0; d < devices.size(); d++) {
      TierStore device = devices.get(d);
      List<Share> share = shares.get(d);
      if (!share.isEmpty()) {
        work.add(() -> copy(device, share, direction));
      }
    }
    runAll(work);
  }

  private static void copy(TierStore device, List<Share> shares, Direction direction) {
    List<RecordTransfer> parts = shares.stream().map(Share::part).toList();
    switch (direction) {
      case WRITE -> device.write(parts);
      case READ -> device.read(parts);
    }
    for (Share share : shares) {
      RecordTransfer part = share.part;
      if (part.outcome() == CopyOutcome.DONE) {
        share.whole.done(part.length());
      } else {
        share.whole.missed(part.outcome(), part.failure());
      }
    }
  }

  /** A transfer as the caller knows it, and as the device does. */
  private record Share(RecordTransfer whole, RecordTransfer part) {}

  /** Runs everything at once, one piece here. */
  private void runAll(List<Runnable> work) {
    if (work.isEmpty()) {
      return;
    }
    CompletableFuture<?>[] others =
        work.stream()
            .skip(1)
            .map(piece -> CompletableFuture.runAsync(piece, copiers))
            .toArray(CompletableFuture<?>[]::new);
    try {
      work.getFirst().run();
    } finally {
      // The others use the caller's memory: whatever happens, an interrupt too, they are waited
      // for.
      CompletableFuture.allOf(others).join();
    }
  }

  @Override
  public void discard(int slot) {
    // In one step, or two readers that both give a slot up could hit its place's next tenant.
    synchronized (placement) {
      int device = placement.device(slot);
      if (device >= 0) {
        devices.get(device).discard(placement.deviceSlot(slot));
        placement.release(slot);
      }
    }
  }

  /** Closes the devices; nothing may be under way. */
  @Override
  public void close() {
    copiers.close();
    devices.forEach(TierStore::close);
  }
}

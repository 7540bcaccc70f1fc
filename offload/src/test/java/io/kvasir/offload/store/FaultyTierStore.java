package io.kvasir.offload.store;

import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.TierKind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A store that damages what passes through it, as a schedule says. Faults that cannot strike, such
 * as a stale record of a slot that was written once, do not. One thread at a time.
 */
public class FaultyTierStore implements TierStore {
  private final TierStore store;
  private final FaultSchedule schedule;
  private final Random random;
  private final Runnable slow;
  private final Map<Integer, byte[]> present = new HashMap<>();
  private final Map<Integer, byte[]> before = new HashMap<>();
  private final Map<Integer, Fault> struck = new HashMap<>();
  private final Set<Integer> lost = new HashSet<>();

  /**
   * Wraps a store.
   *
   * @param seed chooses the bit that flips and the slot that is given instead
   * @param slow runs while an operation is slow
   */
  public FaultyTierStore(TierStore store, FaultSchedule schedule, long seed, Runnable slow) {
    this.store = store;
    this.schedule = schedule;
    this.random = new Random(seed);
    this.slow = slow;
  }

  /** Whether a slot's last write said that it was done and was not. */
  public boolean lost(int slot) {
    return lost.contains(slot);
  }

  /** The fault that struck a slot's last write or read. */
  public Fault struck(int slot) {
    return struck.getOrDefault(slot, Fault.NONE);
  }

  @Override
  public String name() {
    return store.name() + " (faulty)";
  }

  @Override
  public TierKind kind() {
    return store.kind();
  }

  @Override
  public int slotCount() {
    return store.slotCount();
  }

  @Override
  public int maxRecordBytes() {
    return store.maxRecordBytes();
  }

  @Override
  public boolean persistent() {
    return store.persistent();
  }

  @Override
  public boolean emulated() {
    return store.emulated();
  }

  @Override
  public void write(List<RecordTransfer> batch) {
    List<RecordTransfer> passed = new ArrayList<>();
    List<RecordTransfer> losing = new ArrayList<>();
    for (RecordTransfer transfer : batch) {
      Fault fault = schedule.next(true, transfer.slot());
      strike(transfer.slot(), Fault.NONE);
      switch (fault) {
        case FULL, FAILING -> {
          store.discard(transfer.slot());
          forget(transfer.slot());
          struck.put(transfer.slot(), fault);
          transfer.missed(CopyOutcome.FAILED, "fault: " + fault);
        }
        case LOST -> {
          losing.add(transfer);
          passed.add(transfer);
        }
        case SLOW -> {
          slow.run();
          passed.add(transfer);
        }
        case NONE, ZEROED, TRUNCATED, BIT_FLIPPED, SWAPPED, STALE -> passed.add(transfer);
      }
    }
    store.write(passed);
    passed.forEach(this::remember);
    for (RecordTransfer transfer : losing) {
      store.discard(transfer.slot());
      strike(transfer.slot(), Fault.LOST);
    }
  }

  private void remember(RecordTransfer transfer) {
    if (transfer.outcome() != CopyOutcome.DONE) {
      forget(transfer.slot());
      return;
    }
    byte[] bytes = transfer.bytes().asSlice(0, transfer.length()).toArray(ValueLayout.JAVA_BYTE);
    byte[] old = present.put(transfer.slot(), bytes);
    if (old != null) {
      before.put(transfer.slot(), old);
    }
  }

  private void forget(int slot) {
    byte[] old = present.remove(slot);
    if (old != null) {
      before.put(slot, old);
    }
  }

  @Override
  public void read(List<RecordTransfer> batch) {
    store.read(batch);
    for (RecordTransfer transfer : batch) {
      Fault fault = schedule.next(false, transfer.slot());
      if (fault == Fault.FAILING) {
        transfer.missed(CopyOutcome.FAILED, "fault: " + fault);
        struck.put(transfer.slot(), fault);
      } else if (transfer.outcome() == CopyOutcome.DONE) {
        MemorySegment room = transfer.bytes();
        long length = damage(transfer.slot(), room, transfer.length(), fault);
        transfer.done(length);
      }
    }
  }

  /** Damages a record that was read; answers its length. */
  final long damage(int slot, MemorySegment record, long length, Fault fault) {
    struck.put(slot, fault);
    switch (fault) {
      case ZEROED -> record.asSlice(0, length).fill((byte) 0);
      case TRUNCATED -> {
        return length / 2;
      }
      case BIT_FLIPPED -> {
        long at = random.nextLong(length);
        int flipped = record.get(ValueLayout.JAVA_BYTE, at) ^ 1 << random.nextInt(Byte.SIZE);
        record.set(ValueLayout.JAVA_BYTE, at, (byte) flipped);
      }
      case SWAPPED -> {
        List<Integer> others = present.keySet().stream().filter(s -> s != slot).sorted().toList();
        if (!others.isEmpty()) {
          return give(present.get(others.get(random.nextInt(others.size()))), record);
        }
        struck.put(slot, Fault.NONE);
      }
      case STALE -> {
        if (before.containsKey(slot)) {
          return give(before.get(slot), record);
        }
        struck.put(slot, Fault.NONE);
      }
      case SLOW -> slow.run();
      case NONE, LOST, FULL, FAILING -> struck.put(slot, Fault.NONE);
    }
    return length;
  }

  private static long give(byte @Nullable [] bytes, MemorySegment record) {
    Objects.requireNonNull(bytes);
    MemorySegment.copy(bytes, 0, record, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return bytes.length;
  }

  /** Notes the fault of a write. */
  final void strike(int slot, Fault fault) {
    struck.put(slot, fault);
    if (fault == Fault.LOST) {
      lost.add(slot);
    } else {
      lost.remove(slot);
    }
  }

  final FaultSchedule schedule() {
    return schedule;
  }

  final void written(int slot, MemorySegment record) {
    byte[] old = present.put(slot, record.toArray(ValueLayout.JAVA_BYTE));
    if (old != null) {
      before.put(slot, old);
    }
  }

  @Override
  public void discard(int slot) {
    store.discard(slot);
  }

  @Override
  public void close() {
    store.close();
  }
}

package io.kvasir.offload.store.arena;

import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.offload.os.Errno;
import io.kvasir.offload.os.LinuxMemory;
import io.kvasir.offload.os.LinuxNuma;
import io.kvasir.offload.store.MappedStore;
import io.kvasir.offload.store.RecordFormat;
import io.kvasir.offload.store.RecordTransfer;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tier in memory: slot {@code i} is the bytes from {@code i * maxRecordBytes} of one area. The
 * area is never larger than the cap, so neither is the memory it takes.
 *
 * <p>Records end with the process. Any thread may call, as {@link MappedStore} says.
 */
public final class ArenaStore implements MappedStore {
  private static final Logger log = LoggerFactory.getLogger(ArenaStore.class);

  private final String name;
  private final TierKind kind;
  private final boolean emulated;
  private final MemorySegment memory;
  private final Runnable release;
  private final Pace pace;
  private final int recordBytes;
  private final AtomicIntegerArray lengths;

  /** When the pages of an arena are taken from the system. */
  public enum Commit {
    /** At start: if they are short, it is known then. */
    IN_ADVANCE,
    /** When a slot is written for the first time. */
    LAZILY
  }

  ArenaStore(
      String name,
      TierKind kind,
      boolean emulated,
      MemorySegment memory,
      Runnable release,
      int recordBytes,
      Pace pace) {
    this.name = name;
    this.kind = kind;
    this.emulated = emulated;
    this.memory = memory;
    this.release = release;
    this.recordBytes = recordBytes;
    this.pace = pace;
    lengths = new AtomicIntegerArray(slotsFor(name, memory.byteSize(), recordBytes));
  }

  /**
   * Host memory.
   *
   * @param capBytes most memory it may take; it takes the largest multiple of {@code recordBytes}
   *     in it, and a few bytes of heap per slot
   * @param recordBytes largest record, a multiple of 4096
   * @param node NUMA node whose memory it takes, and no other's; empty leaves it to the system
   * @throws IllegalArgumentException if a number is out of bounds or the node is refused
   * @throws OutOfMemoryError if the system has not so much
   */
  public static ArenaStore dram(
      String name, long capBytes, int recordBytes, OptionalInt node, Commit commit) {
    return open(name, TierKind.DRAM, false, capBytes, recordBytes, node, commit, Pace.FULL);
  }

  static ArenaStore open(
      String name,
      TierKind kind,
      boolean emulated,
      long capBytes,
      int recordBytes,
      OptionalInt node,
      Commit commit,
      Pace pace) {
    long bytes = (long) slotsFor(name, capBytes, recordBytes) * recordBytes;
    HostArena arena = HostArena.allocate(name, bytes);
    try {
      if (node.isPresent()) {
        bind(name, arena.segment(), node.getAsInt());
      }
      if (commit == Commit.IN_ADVANCE) {
        commit(name, arena.segment());
      }
    } catch (Throwable failure) {
      arena.close();
      throw failure;
    }
    return new ArenaStore(name, kind, emulated, arena.segment(), arena::close, recordBytes, pace);
  }

  private static void bind(String name, MemorySegment memory, int node) {
    if (!LinuxMemory.available()) {
      throw new IllegalArgumentException(name + ": memory can be bound to a node on Linux only");
    }
    int errno = LinuxNuma.bind(memory, node);
    if (errno != 0) {
      throw new IllegalArgumentException(
          "%s: memory cannot be bound to NUMA node %d: %s"
              .formatted(name, node, Errno.text(errno)));
    }
    log.info("{}: memory is bound to NUMA node {}", name, node);
  }

  private static void commit(String name, MemorySegment memory) {
    int errno = LinuxMemory.available() ? LinuxMemory.populate(memory) : Errno.EINVAL;
    if (errno == Errno.EINVAL) {
      memory.fill((byte) 0);
    } else if (errno != 0) {
      throw new OutOfMemoryError(
          "%s: %d bytes cannot be committed: %s"
              .formatted(name, memory.byteSize(), Errno.text(errno)));
    }
    log.info("{}: {} bytes committed", name, memory.byteSize());
  }

  private static int slotsFor(String name, long bytes, int recordBytes) {
    if (recordBytes < RecordFormat.ALIGNMENT || recordBytes % RecordFormat.ALIGNMENT != 0) {
      throw new IllegalArgumentException(
          "%s: records must be a multiple of %d bytes, are %d"
              .formatted(name, RecordFormat.ALIGNMENT, recordBytes));
    }
    long slots = bytes / recordBytes;
    if (slots < 1 || slots > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%s: %d bytes hold %d records of %d bytes, must hold 1 to %d"
              .formatted(name, bytes, slots, recordBytes, Integer.MAX_VALUE));
    }
    return (int) slots;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public TierKind kind() {
    return kind;
  }

  @Override
  public int slotCount() {
    return lengths.length();
  }

  @Override
  public int maxRecordBytes() {
    return recordBytes;
  }

  @Override
  public boolean persistent() {
    return false;
  }

  @Override
  public boolean emulated() {
    return emulated;
  }

  @Override
  public MemorySegment room(int slot) {
    lengths.set(slot, 0);
    return memory.asSlice((long) slot * recordBytes, recordBytes);
  }

  @Override
  public void written(int slot, int length) {
    if (length < 1 || length > recordBytes) {
      throw new IllegalArgumentException(
          "%s: a record has 1 to %d bytes, not %d".formatted(name, recordBytes, length));
    }
    lengths.set(slot, length);
  }

  @Override
  public @Nullable MemorySegment record(int slot) {
    int length = lengths.get(slot);
    return length == 0 ? null : memory.asSlice((long) slot * recordBytes, length);
  }

  @Override
  public long begin() {
    return pace.begin();
  }

  @Override
  public void endWrite(long begin, long bytes) {
    pace.endWrite(begin, bytes);
  }

  @Override
  public void endRead(long begin, long bytes) {
    pace.endRead(begin, bytes);
  }

  @Override
  public void write(List<RecordTransfer> batch) {
    long begin = begin();
    long bytes = 0;
    for (int i = 0; i < batch.size(); i++) {
      RecordTransfer transfer = batch.get(i);
      int length = Math.toIntExact(transfer.length());
      MemorySegment.copy(transfer.bytes(), 0, room(transfer.slot()), 0, length);
      written(transfer.slot(), length);
      transfer.done(length);
      bytes += length;
    }
    endWrite(begin, bytes);
  }

  @Override
  public void read(List<RecordTransfer> batch) {
    long begin = begin();
    long bytes = 0;
    for (int i = 0; i < batch.size(); i++) {
      RecordTransfer transfer = batch.get(i);
      MemorySegment record = record(transfer.slot());
      if (record == null) {
        transfer.missed(CopyOutcome.MISS, name + ": slot " + transfer.slot() + " is empty");
      } else {
        MemorySegment.copy(record, 0, transfer.bytes(), 0, record.byteSize());
        transfer.done(record.byteSize());
        bytes += record.byteSize();
      }
    }
    endRead(begin, bytes);
  }

  @Override
  public void discard(int slot) {
    lengths.set(slot, 0);
  }

  /** Gives the memory back. */
  @Override
  public void close() {
    release.run();
  }

  @Override
  public String toString() {
    return "ArenaStore[%s, %s, %d slots of %d bytes]"
        .formatted(name, kind, slotCount(), recordBytes);
  }
}

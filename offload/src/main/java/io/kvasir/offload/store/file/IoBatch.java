package io.kvasir.offload.store.file;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kvasir.offload.os.LinuxFiles;
import io.kvasir.offload.store.RecordTransfer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Requests to be carried out together. Transfers whose extents touch become one request; its
 * vectors say where in memory each piece lies. Confined to one thread at a time.
 *
 * <pre>
 * vector   0 address 8 | 8 length 8      struct iovec
 * </pre>
 */
final class IoBatch {
  /** Transfers that fit. */
  static final int CAPACITY = 256;

  private static final int VECTOR_BYTES = 16;

  private final MemorySegment vectors;
  private final RecordTransfer[] transfers = new RecordTransfer[CAPACITY];
  private final long[] transferBytes = new long[CAPACITY];
  private final long[] offset = new long[CAPACITY];
  private final long[] bytes = new long[CAPACITY];
  private final long[] result = new long[CAPACITY];
  private final int[] firstVector = new int[CAPACITY + 1];
  private final int[] firstTransfer = new int[CAPACITY + 1];
  private boolean write;
  private int transferCount;
  private int vectorCount;
  private int requests;

  IoBatch(Arena arena) {
    vectors = arena.allocate((long) VECTOR_BYTES * CAPACITY, 8);
  }

  void reset(boolean write) {
    this.write = write;
    transferCount = 0;
    vectorCount = 0;
    requests = 0;
  }

  /**
   * Adds a transfer.
   *
   * @param at offset in the file
   * @param length bytes to move, not more than the transfer's memory has
   */
  void add(RecordTransfer transfer, long at, long length) {
    MemorySegment memory = transfer.bytes().asSlice(0, length);
    if (requests == 0 || offset[requests - 1] + bytes[requests - 1] != at) {
      firstVector[requests] = vectorCount;
      firstTransfer[requests] = transferCount;
      offset[requests] = at;
      bytes[requests] = 0;
      requests++;
    }
    bytes[requests - 1] += length;
    addVector(memory);
    transfers[transferCount] = transfer;
    transferBytes[transferCount] = length;
    transferCount++;
    firstVector[requests] = vectorCount;
    firstTransfer[requests] = transferCount;
  }

  private void addVector(MemorySegment memory) {
    if (vectorCount > firstVector[requests - 1]) {
      long last = (long) VECTOR_BYTES * (vectorCount - 1);
      long lastLength = vectors.get(JAVA_LONG, last + 8);
      if (vectors.get(JAVA_LONG, last) + lastLength == memory.address()) {
        vectors.set(JAVA_LONG, last + 8, lastLength + memory.byteSize());
        return;
      }
    }
    long at = (long) VECTOR_BYTES * vectorCount++;
    vectors.set(JAVA_LONG, at, memory.address());
    vectors.set(JAVA_LONG, at + 8, memory.byteSize());
  }

  boolean write() {
    return write;
  }

  int requests() {
    return requests;
  }

  /** Where in the file a request begins. */
  long offset(int request) {
    return offset[request];
  }

  /** Bytes that a request is to move. */
  long bytes(int request) {
    return bytes[request];
  }

  MemorySegment vectors(int request) {
    return vectors.asSlice((long) VECTOR_BYTES * firstVector[request]);
  }

  int vectorCount(int request) {
    return firstVector[request + 1] - firstVector[request];
  }

  /** Carries out one request by a system call of its own and sets its result. */
  void carryOut(int request, int file) {
    MemorySegment memory = vectors(request);
    int count = vectorCount(request);
    result[request] =
        write
            ? LinuxFiles.writeVectors(file, memory, count, offset[request])
            : LinuxFiles.readVectors(file, memory, count, offset[request]);
  }

  /** Bytes that were moved, or a negated error number. */
  long result(int request) {
    return result[request];
  }

  void result(int request, long value) {
    result[request] = value;
  }

  /** First transfer of a request; those of request {@code requests()} begin behind the last. */
  int firstTransfer(int request) {
    return firstTransfer[request];
  }

  RecordTransfer transfer(int i) {
    return transfers[i];
  }

  /** Bytes that a transfer moves, a multiple of 4096. */
  long transferBytes(int i) {
    return transferBytes[i];
  }
}

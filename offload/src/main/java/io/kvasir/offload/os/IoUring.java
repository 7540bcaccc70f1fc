package io.kvasir.offload.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * A pair of queues shared with the kernel: many reads and writes are handed over with one system
 * call. One thread at a time. Offsets are those of {@code linux/io_uring.h}.
 *
 * <pre>
 * sqe   0 opcode u8 | 4 fd | 8 file offset u64 | 16 address u64 | 24 length | 32 user data u64
 * cqe   0 user data u64 | 8 result | 12 flags
 * </pre>
 */
@SuppressWarnings("restricted")
public final class IoUring implements AutoCloseable {
  private static final byte OP_READV = 1;
  private static final byte OP_WRITEV = 2;
  private static final int SQE_BYTES = 64;
  private static final int CQE_BYTES = 16;
  private static final int PARAMS_BYTES = 120;
  private static final int SQ_OFFSETS = 40;
  private static final int CQ_OFFSETS = 80;
  private static final long OFFSET_SQES = 0x10000000L;
  private static final int FEATURE_SINGLE_MMAP = 1;
  private static final int ENTER_GETEVENTS = 1;
  private static final long SYS_SETUP = 425;
  private static final long SYS_ENTER = 426;
  private static final long BUSY_NANOS = 50_000;
  private static final VarHandle INT = JAVA_INT.varHandle();

  private static final MethodHandle SETUP =
      LibC.function(
          "syscall",
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG),
          Linker.Option.firstVariadicArg(1));
  private static final MethodHandle ENTER =
      LibC.function(
          "syscall",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
          Linker.Option.firstVariadicArg(1));

  private final int ring;
  private final int entries;
  private final MemorySegment queues;
  private final MemorySegment sqes;
  private final long sqTail;
  private final long sqMask;
  private final long sqArray;
  private final long cqHead;
  private final long cqTail;
  private final long cqMask;
  private final long cqes;
  private int prepared;

  /** Hears of every request that is over. */
  @FunctionalInterface
  public interface Completion {
    /**
     * Takes a result.
     *
     * @param tag of the request
     * @param result bytes moved, or the negated {@link Errno}
     */
    void completed(long tag, int result);
  }

  private IoUring(int ring, MemorySegment params) {
    this.ring = ring;
    entries = params.get(JAVA_INT, 0);
    int completions = params.get(JAVA_INT, 4);
    sqTail = offset(params, SQ_OFFSETS, 1);
    sqMask = offset(params, SQ_OFFSETS, 2);
    sqArray = offset(params, SQ_OFFSETS, 6);
    cqHead = offset(params, CQ_OFFSETS, 0);
    cqTail = offset(params, CQ_OFFSETS, 1);
    cqMask = offset(params, CQ_OFFSETS, 2);
    cqes = offset(params, CQ_OFFSETS, 5);
    long bytes = Math.max(sqArray + 4L * entries, cqes + (long) CQE_BYTES * completions);
    queues = LinuxMemory.mapShared(ring, bytes, 0);
    sqes = LinuxMemory.mapShared(ring, (long) SQE_BYTES * entries, OFFSET_SQES);
  }

  /**
   * Opens a ring.
   *
   * @param entries requests under way at most, a power of two
   * @throws IOException if this kernel has none, or does not allow it
   */
  public static IoUring open(int entries) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = LibC.state(arena);
      MemorySegment params = arena.allocate(PARAMS_BYTES, 8);
      long ring = (long) SETUP.invokeExact(state, SYS_SETUP, entries, params.address());
      if (ring < 0) {
        throw new IOException("io_uring: " + Errno.text(LibC.errno(state)));
      }
      if ((params.get(JAVA_INT, 20) & FEATURE_SINGLE_MMAP) == 0) {
        LinuxFiles.close((int) ring);
        throw new IOException("io_uring: this kernel is older than 5.4");
      }
      return map((int) ring, params);
    } catch (IOException e) {
      throw e;
    } catch (Throwable failure) {
      throw LibC.rethrown(failure);
    }
  }

  private static IoUring map(int ring, MemorySegment params) throws IOException {
    try {
      return new IoUring(ring, params);
    } catch (OutOfMemoryError e) {
      LinuxFiles.close(ring);
      throw new IOException("io_uring: " + e.getMessage(), e);
    }
  }

  /** Requests that fit between two calls of {@link #run}. */
  public int entries() {
    return entries;
  }

  /**
   * Notes a request. What the vectors name, and they themselves, must stay until {@link #run}
   * returned.
   *
   * @param vectors {@code count} iovec structures
   * @param offset in the file
   */
  public void prepare(
      boolean write, int file, MemorySegment vectors, int count, long offset, long tag) {
    if (prepared == entries) {
      throw new IllegalStateException("io_uring: more than " + entries + " requests");
    }
    int tail = (int) INT.get(queues, sqTail) + prepared;
    int index = tail & queues.get(JAVA_INT, sqMask);
    MemorySegment sqe = sqes.asSlice((long) index * SQE_BYTES, SQE_BYTES).fill((byte) 0);
    sqe.set(JAVA_BYTE, 0, write ? OP_WRITEV : OP_READV);
    sqe.set(JAVA_INT, 4, file);
    sqe.set(JAVA_LONG, 8, offset);
    sqe.set(JAVA_LONG, 16, vectors.address());
    sqe.set(JAVA_INT, 24, count);
    sqe.set(JAVA_LONG, 32, tag);
    queues.set(JAVA_INT, sqArray + 4L * index, index);
    prepared++;
  }

  /** Hands over everything prepared and waits until all of it is over. */
  public void run(Completion completion) {
    int toSubmit = prepared;
    int open = prepared;
    INT.setRelease(queues, sqTail, (int) INT.get(queues, sqTail) + prepared);
    prepared = 0;
    while (open > 0) {
      int answer = enter(toSubmit, open);
      if (answer >= 0) {
        toSubmit -= answer;
      } else if (answer == -Errno.EAGAIN || answer == -Errno.EBUSY) {
        LockSupport.parkNanos(BUSY_NANOS);
      } else if (answer != -Errno.EINTR) {
        throw new IllegalStateException("io_uring_enter: " + Errno.text(-answer));
      }
      open -= reap(completion);
    }
  }

  private int reap(Completion completion) {
    int head = (int) INT.get(queues, cqHead);
    int tail = (int) INT.getAcquire(queues, cqTail);
    int mask = queues.get(JAVA_INT, cqMask);
    int reaped = tail - head;
    for (; head != tail; head++) {
      long cqe = cqes + (long) CQE_BYTES * (head & mask);
      completion.completed(queues.get(JAVA_LONG, cqe), queues.get(JAVA_INT, cqe + 8));
    }
    INT.setRelease(queues, cqHead, head);
    return reaped;
  }

  private int enter(int toSubmit, int minComplete) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = LibC.state(arena);
      long answer =
          (long)
              ENTER.invokeExact(
                  state, SYS_ENTER, ring, toSubmit, minComplete, ENTER_GETEVENTS, 0L, 0L);
      return answer >= 0 ? (int) answer : -LibC.errno(state);
    } catch (Throwable failure) {
      throw LibC.rethrown(failure);
    }
  }

  private static long offset(MemorySegment params, int group, int field) {
    return Integer.toUnsignedLong(params.get(JAVA_INT, group + 4L * field));
  }

  /** Releases the queues; nothing may be under way. */
  @Override
  public void close() {
    LinuxMemory.unmap(sqes);
    LinuxMemory.unmap(queues);
    LinuxFiles.close(ring);
  }
}

package io.kvasir.offload.store.file;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ways to carry out requests that the threads of one store share: each borrows one for a batch
 * and waits while all are lent. io_uring where the kernel has it, else threads.
 */
final class IoPool implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(IoPool.class);

  /** Batches under way at once. */
  private static final int QUEUES = 4;

  private final BlockingQueue<Queue> idle = new ArrayBlockingQueue<>(QUEUES);
  private final String kind;
  private final @Nullable ExecutorService helpers;

  /**
   * What a thread borrows.
   *
   * @param single for one record at a time
   */
  record Queue(IoBatch batch, IoBatch single, FileIo io) {
    Queue(Arena arena, FileIo io) {
      this(new IoBatch(arena), new IoBatch(arena), io);
    }
  }

  /** Makes the ways to carry out requests on a file. */
  @FunctionalInterface
  interface Maker {
    FileIo make(int file) throws IOException;
  }

  private IoPool(String kind, @Nullable ExecutorService helpers) {
    this.kind = kind;
    this.helpers = helpers;
  }

  /** Tries io_uring first. */
  static IoPool open(String name, int file, Arena arena) {
    try {
      return of(file, arena, UringIo::open);
    } catch (IOException e) {
      log.warn("{}: requests are spread over threads, for {}", name, e.getMessage());
      return threads(file, arena);
    }
  }

  static IoPool threads(int file, Arena arena) {
    ExecutorService helpers =
        Executors.newFixedThreadPool(
            ThreadedIo.HELPERS, Thread.ofPlatform().daemon().name("file-io-", 0).factory());
    IoPool pool = new IoPool("threads", helpers);
    for (int i = 0; i < QUEUES; i++) {
      pool.idle.add(new Queue(arena, new ThreadedIo(file, helpers)));
    }
    return pool;
  }

  static IoPool of(int file, Arena arena, Maker maker) throws IOException {
    FileIo first = maker.make(file);
    IoPool pool = new IoPool(first.name(), null);
    pool.idle.add(new Queue(arena, first));
    try {
      for (int i = 1; i < QUEUES; i++) {
        pool.idle.add(new Queue(arena, maker.make(file)));
      }
    } catch (IOException e) {
      pool.close();
      throw e;
    }
    return pool;
  }

  /** How requests are carried out. */
  String kind() {
    return kind;
  }

  Queue borrow() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return idle.take();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  void giveBack(Queue queue) {
    idle.add(queue);
  }

  /** Nothing may be lent. */
  @Override
  public void close() {
    for (Queue queue = idle.poll(); queue != null; queue = idle.poll()) {
      queue.io.close();
    }
    if (helpers != null) {
      helpers.close();
    }
  }
}

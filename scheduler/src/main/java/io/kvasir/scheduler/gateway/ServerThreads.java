package io.kvasir.scheduler.gateway;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The gateway's threads: a few event loops for all sockets, and a small pool for prompts that take
 * long to tokenize. NIO rather than epoll: they differ by less than the noise, and NIO needs no
 * native library.
 */
final class ServerThreads implements AutoCloseable {
  /** Prompts that may wait for the pool; one holds up to the largest message. */
  private static final int MAX_WAITING_PROMPTS = 64;

  private final EventLoopGroup loops;
  private final ThreadPoolExecutor prompts;

  ServerThreads() {
    int half = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 8);
    loops =
        new MultiThreadIoEventLoopGroup(
            half, new DefaultThreadFactory("gateway", true), NioIoHandler.newFactory());
    prompts =
        new ThreadPoolExecutor(
            half,
            half,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(MAX_WAITING_PROMPTS),
            new DefaultThreadFactory("prompts", true));
    prompts.allowCoreThreadTimeOut(true);
  }

  EventLoopGroup loops() {
    return loops;
  }

  /** Throws {@link java.util.concurrent.RejectedExecutionException} when too many prompts wait. */
  Executor prompts() {
    return prompts;
  }

  /** The event loop that calls, so that a stream writes from its connection's own thread. */
  EventExecutor currentLoop() {
    for (EventExecutor loop : loops) {
      if (loop.inEventLoop()) {
        return loop;
      }
    }
    return loops.next();
  }

  @Override
  public void close() {
    prompts.shutdownNow();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}

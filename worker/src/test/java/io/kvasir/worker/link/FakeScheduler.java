package io.kvasir.worker.link;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.kvasir.v1.SchedulerMessage;
import io.kvasir.v1.SchedulerWelcome;
import io.kvasir.v1.StepPlan;
import io.kvasir.v1.WorkerControlGrpc.WorkerControlImplBase;
import io.kvasir.v1.WorkerMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A scheduler that says exactly what it is told to say, on a real socket. */
final class FakeScheduler extends WorkerControlImplBase implements AutoCloseable {
  final BlockingQueue<Stream> streams = new LinkedBlockingQueue<>();
  private final Server server;

  FakeScheduler() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(this)
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  @Override
  public StreamObserver<WorkerMessage> connect(StreamObserver<SchedulerMessage> outbound) {
    Stream stream = new Stream(outbound);
    streams.add(stream);
    return stream;
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  /** One worker's stream. */
  static final class Stream implements StreamObserver<WorkerMessage> {
    final BlockingQueue<WorkerMessage> heard = new LinkedBlockingQueue<>();
    final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
    private final StreamObserver<SchedulerMessage> outbound;

    Stream(StreamObserver<SchedulerMessage> outbound) {
      this.outbound = outbound;
    }

    Stream welcome(int version) {
      SchedulerWelcome welcome = SchedulerWelcome.newBuilder().setProtocolVersion(version).build();
      return say(SchedulerMessage.newBuilder().setWelcome(welcome).build());
    }

    Stream say(StepPlan.Builder plan) {
      return say(SchedulerMessage.newBuilder().setStepPlan(plan).build());
    }

    Stream say(SchedulerMessage message) {
      outbound.onNext(message);
      return this;
    }

    void refuse(Status status) {
      outbound.onError(status.asRuntimeException());
    }

    @Override
    public void onNext(WorkerMessage message) {
      heard.add(message);
    }

    @Override
    public void onError(Throwable cause) {
      ended.add("broken");
    }

    @Override
    public void onCompleted() {
      ended.add("completed");
      outbound.onCompleted();
    }
  }
}

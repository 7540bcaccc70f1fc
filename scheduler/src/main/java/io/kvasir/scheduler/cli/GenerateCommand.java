package io.kvasir.scheduler.cli;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.kvasir.proto.WireLimits;
import io.kvasir.v1.FinishReason;
import io.kvasir.v1.Finished;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.GenerateResponse;
import io.kvasir.v1.InferenceGrpc;
import io.kvasir.v1.Preempted;
import io.kvasir.worker.cli.HostPort;
import java.io.PrintWriter;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Generates text on a server and prints it as it comes. */
@Command(
    name = "generate",
    description = "Generate text on a running server; prints it as it comes.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:generated to its end",
      "1:refused, aborted, past its deadline, or failed",
      "2:called wrongly",
    })
public final class GenerateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--target",
      paramLabel = "HOST:PORT",
      converter = HostPort.Converter.class,
      description = "The server's gRPC port (default: ${DEFAULT-VALUE}).")
  private HostPort target = new HostPort("127.0.0.1", 9090);

  @Mixin private GenerateOptions options;

  @Option(names = "--json", description = "Print one JSON object at the end instead of the text.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    GenerateRequest request = options.request(System.in);
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(target.host(), target.port())
            .usePlaintext()
            .maxInboundMessageSize(WireLimits.MAX_WORKER_MESSAGE_BYTES)
            .build();
    // Interrupted from the keyboard, the call is cancelled rather than left to a broken connection.
    Thread cancel = Thread.ofPlatform().unstarted(() -> stop(channel));
    Runtime.getRuntime().addShutdownHook(cancel);
    try {
      return run(InferenceGrpc.newBlockingStub(channel), request);
    } catch (StatusRuntimeException e) {
      return fail(GrpcFailure.describe(e, target));
    } finally {
      channel.shutdownNow();
      channel.awaitTermination(1, TimeUnit.SECONDS);
    }
  }

  private int run(InferenceGrpc.InferenceBlockingStub stub, GenerateRequest request) {
    PrintWriter out = spec.commandLine().getOut();
    GenerationJson collected = new GenerationJson(options.wantsCandidates());
    for (Iterator<GenerateResponse> stream = stub.generate(request); stream.hasNext(); ) {
      GenerateResponse event = stream.next();
      switch (event.getEventCase()) {
        case ACCEPTED -> collected.accepted(event.getAccepted());
        case TOKEN -> {
          if (json) {
            collected.tokens(event.getToken());
          } else {
            out.print(event.getToken().getText());
            out.flush();
          }
        }
        case FINISHED -> {
          Finished finished = event.getFinished();
          out.println(json ? collected.finished(finished) : finished.getText());
          out.flush();
          if (finished.hasSession() && !json) {
            SessionText.print(finished.getSession(), spec.commandLine().getErr());
          }
          return exitCode(finished);
        }
        case PREEMPTED -> tell(preempted(event.getPreempted()));
        case RESUMED -> tell("resumed after %.0f ms".formatted(event.getResumed().getStalledMs()));
        case EVENT_NOT_SET -> {
          // From a newer server; nothing here depends on it.
        }
      }
    }
    return fail("INTERNAL: the stream ended without its last event");
  }

  private static String preempted(Preempted preempted) {
    return switch (preempted.getKv()) {
      case KV_FATE_SWAPPED ->
          "preempted; KV of %d tokens is kept in %s"
              .formatted(preempted.getKeptTokens(), String.join(", ", preempted.getTiersList()));
      case KV_FATE_WORKER_LOST -> "preempted; its worker was lost";
      case KV_FATE_DROPPED, KV_FATE_UNSPECIFIED, UNRECOGNIZED ->
          "preempted; its KV will be computed again";
    };
  }

  /** Says why no tokens come, beside the output. */
  private void tell(String what) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("[" + what + "]");
    err.flush();
  }

  private int exitCode(Finished finished) {
    FinishReason reason = finished.getFinishReason();
    if (reason == FinishReason.FINISH_REASON_STOP || reason == FinishReason.FINISH_REASON_LENGTH) {
      return ExitCode.OK;
    }
    return finished.hasError()
        ? fail(finished.getError().getCode() + ": " + finished.getError().getMessage())
        : fail("the generation ended early: " + GenerationJson.reason(finished));
  }

  private int fail(String message) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("kvasir: " + message.replace('\n', ' '));
    err.flush();
    return ExitCode.SOFTWARE;
  }

  private static void stop(ManagedChannel channel) {
    channel.shutdownNow();
    try {
      channel.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

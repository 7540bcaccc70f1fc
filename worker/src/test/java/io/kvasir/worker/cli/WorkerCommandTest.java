package io.kvasir.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.kvasir.worker.model.TinyModel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The worker command as far as it goes without a signal. */
@Timeout(60)
final class WorkerCommandTest {
  private final StringWriter errors = new StringWriter();

  @TempDir Path folder;

  @Test
  void endsWithItsOwnCodeWhenRefused() throws Exception {
    Server server = NettyServerBuilder.forPort(0).build().start();
    try {
      assertThat(run("--scheduler", "127.0.0.1:" + server.getPort()))
          .isEqualTo(WorkerCommand.REFUSED);
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void saysWhatIsWrongWithItsOptions() {
    assertThat(run("--scheduler", "nowhere")).isEqualTo(2);
    assertThat(errors.toString()).contains("'nowhere' is not HOST:PORT with a port of 1 to 65535");
    assertThat(run("--scheduler", "localhost:1", "--worker-id", "a b")).isEqualTo(2);
    assertThat(errors.toString()).contains("--worker-id: must be 1 to 128 printable ASCII");
    assertThat(run()).isEqualTo(2);
    assertThat(errors.toString()).contains("Missing required option: '--scheduler=HOST:PORT'");
  }

  private int run(String... arguments) {
    Path model = TinyModel.llama(1).write(folder);
    String[] all = new String[arguments.length + 4];
    all[0] = "--model=" + model;
    all[1] = "--kv-blocks=8";
    all[2] = "--threads=1";
    all[3] = "--max-requests=2";
    System.arraycopy(arguments, 0, all, 4, arguments.length);
    return new CommandLine(new WorkerCommand()).setErr(new PrintWriter(errors, true)).execute(all);
  }
}

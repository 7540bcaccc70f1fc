package io.kvasir.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.v1.TierState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An SSD tier on a disk that is too small, that somebody else fills, or that takes no more. */
class FullDiskTest {
  private static final int SESSIONS = 48;
  private static final int ANSWER_TOKENS = 60;
  private static final int BLOCKS = 1024;
  private static final long DISK_BYTES = 8 << 20;

  /** Steps of so few tokens that the cost of computing stays unknown: what is found is loaded. */
  private static final int STEP_TOKENS = StackSetup.SMALL_STEP_TOKENS;

  @TempDir Path folder;

  private SmallDisk disk;

  @BeforeEach
  void mount() throws IOException {
    disk = SmallDisk.mount(folder, DISK_BYTES);
  }

  @AfterEach
  void unmount() {
    disk.close();
  }

  private KvasirProcess serve(String size) throws IOException {
    List<String> options = new ArrayList<>();
    options.addAll(List.of("--model", Golden.bundled().model().toString(), "--runner", "hash"));
    options.addAll(List.of("--kv-blocks", Integer.toString(BLOCKS)));
    options.addAll(List.of("--max-step-tokens", Integer.toString(STEP_TOKENS)));
    options.addAll(List.of("--kv-ssd", disk.mountPoint().toString(), "--kv-ssd-size", size));
    return KvasirProcess.server(folder, disk.entering(), options);
  }

  @Test
  void moreThanTheDiskHasIsRefusedInWords() throws IOException {
    try (KvasirProcess server = serve("16MiB")) {
      assertThat(server.await()).isEqualTo(2);
      assertThat(server.output())
          .contains(disk.mountPoint().resolve("blocks.kv").toString())
          .containsPattern("1[0-9]{7} bytes cannot be allocated \\([0-9]+ are free\\)");
    }
  }

  @Test
  void anIndexThatTheDiskHasNoRoomForIsRefusedInWords() throws IOException {
    try (KvasirProcess server = serve("1GiB")) {
      assertThat(server.await()).isEqualTo(2);
      assertThat(server.output())
          .containsPattern(
              "the index " + disk.mountPoint().resolve("blocks") + " of [0-9]+ blocks cannot be")
          .contains("Not enough space");
    }
  }

  @Test
  void whatFillsTheDiskLaterTakesNothingFromTheTier() throws IOException {
    try (KvasirProcess server = serve("4MiB");
        Client client = new Client(server.awaitPort())) {
      disk.fill();
      TierState tier = runTwoTurns(client, 1);
      assertThat(tier.getStored().getDone()).isPositive();
      assertThat(tier.getStored().getFailed()).isZero();
      assertThat(server.terminate()).as(server::output).isZero();
    }
    // Nothing is lost, although the disk is as full as before.
    try (KvasirProcess server = serve("4MiB");
        Client client = new Client(server.awaitPort())) {
      assertThat(runTwoTurns(client, 1).getLoaded().getDone()).isPositive();
      server.kill();
    }
    // The index is recovered where it is.
    try (KvasirProcess server = serve("4MiB");
        Client client = new Client(server.awaitPort())) {
      assertThat(runTwoTurns(client, 1).getLoaded().getDone()).isPositive();
      assertThat(server.terminate()).as(server::output).isZero();
    }
  }

  @Test
  void recordsThatFindNoRoomOnTheDiskAreLostAndCounted() throws IOException {
    try (KvasirProcess server = serve("4MiB");
        Client client = new Client(server.awaitPort())) {
      // What was preallocated is taken away, as thin provisioning does.
      disk.punch("blocks.kv", 1 << 20, 3 << 20);
      disk.fill();
      TierState tier = runTwoTurns(client, 1);
      assertThat(tier.getStored().getDone()).isZero();
      assertThat(tier.getStored().getFailed()).isPositive();
      disk.empty();
      assertThat(runTwoTurns(client, 2).getStored().getDone()).isPositive();
      assertThat(server.terminate()).as(server::output).isZero();
    }
  }

  private static TierState runTwoTurns(Client client, long seed) {
    List<Session> sessions = Session.random(SESSIONS, ANSWER_TOKENS, seed, client.vocabularySize());
    Session.checkFirst(sessions, client.generateAll(Session.firstTurns(sessions)));
    client.awaitQuiet();
    Session.checkSecond(sessions, client.generateAll(Session.secondTurns(sessions)));
    client.awaitQuiet();
    return client.status().getTiers(0);
  }
}

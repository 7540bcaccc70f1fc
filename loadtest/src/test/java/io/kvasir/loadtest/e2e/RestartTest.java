package io.kvasir.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.GenerateResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server kept on its SSD is found by the next one, however it ended, and is right. */
class RestartTest {
  private static final int SESSIONS = 200;
  private static final int ANSWER_TOKENS = 24;

  /** Room for all sessions. */
  private static final int BLOCKS = 4096;

  /**
   * Steps of so few tokens, with the end of a prompt too, that the cost of computing stays unknown:
   * what is found is loaded.
   */
  private static final int STEP_TOKENS = StackSetup.SMALL_STEP_TOKENS;

  @TempDir Path folder;

  private List<Session> sessions;
  private List<Generation> withoutCache;

  @BeforeEach
  void runSecondTurnsWithoutCache() throws IOException {
    try (Stack fresh = Stack.embedded(StackSetup.hash(BLOCKS, STEP_TOKENS))) {
      sessions = Session.random(SESSIONS, ANSWER_TOKENS, 7, fresh.vocabularySize());
      withoutCache = fresh.generateAll(Session.secondTurns(sessions));
      Session.checkSecond(sessions, withoutCache);
    }
  }

  private KvasirProcess serve(String... more) throws IOException {
    List<String> options = new ArrayList<>();
    options.addAll(List.of("--model", Golden.bundled().model().toString(), "--runner", "hash"));
    options.addAll(List.of("--kv-blocks", Integer.toString(BLOCKS)));
    options.addAll(List.of("--max-step-tokens", Integer.toString(STEP_TOKENS)));
    options.addAll(List.of("--kv-ssd", folder.resolve("ssd").toString()));
    options.addAll(List.of("--kv-ssd-size", "32MiB"));
    options.addAll(List.of(more));
    return KvasirProcess.server(folder, options);
  }

  @Test
  void afterACleanStopEveryFullBlockIsFound() throws IOException {
    try (KvasirProcess server = serve();
        Client client = new Client(server.awaitPort())) {
      Session.checkFirst(sessions, client.generateAll(Session.firstTurns(sessions)));
      client.awaitQuiet();
      assertThat(server.terminate()).as(server::output).isZero();
    }
    expectEveryFullBlock();
  }

  private void expectEveryFullBlock() throws IOException {
    try (KvasirProcess server = serve();
        Client client = new Client(server.awaitPort())) {
      List<Generation> second = client.generateAll(Session.secondTurns(sessions));
      checkTexts(second);
      for (int i = 0; i < SESSIONS; i++) {
        assertThat(cachedTokens(second.get(i)))
            .as("session %d: %s", i, server.output())
            .isEqualTo(sessions.get(i).cacheableTokens());
        assertThat(second.get(i).hits().keySet()).contains("ssd");
      }
      client.awaitQuiet();
      assertThat(server.terminate()).as(server::output).isZero();
    }
  }

  @Test
  void aStopRightAfterTheTrafficKeepsWhatIsStillToBeCopied() throws IOException {
    // Each run of blocks waits for 20 ms: hardly any has been written when the last answer is out.
    try (KvasirProcess server = serve("--kv-link", "ssd=100000000:20000000");
        Client client = new Client(server.awaitPort())) {
      Session.checkFirst(sessions, client.generateAll(Session.firstTurns(sessions)));
      assertThat(server.terminate()).as(server::output).isZero();
    }
    expectEveryFullBlock();
  }

  @Test
  void afterAKillInTheMiddleOfCopiesWhatIsFoundIsRight() throws IOException {
    List<Session> settled = sessions.subList(0, SESSIONS / 2);
    List<Session> caught = sessions.subList(SESSIONS / 2, SESSIONS);
    // Each run of blocks waits for 5 ms: many have not been written when the server is killed.
    try (KvasirProcess server = serve("--kv-link", "ssd=4000000:5000000");
        Client client = new Client(server.awaitPort())) {
      Session.checkFirst(settled, client.generateAll(Session.firstTurns(settled)));
      client.awaitQuiet();
      List<Iterator<GenerateResponse>> streams = startAll(client, Session.firstTurns(caught));
      client.awaitCopies();
      server.kill();
      streams.forEach(RestartTest::readUntilItBreaks);
    }
    try (KvasirProcess server = serve();
        Client client = new Client(server.awaitPort())) {
      List<Generation> second = client.generateAll(Session.secondTurns(sessions));
      checkTexts(second);
      int found = 0;
      int possible = 0;
      for (int i = 0; i < SESSIONS; i++) {
        int most = sessions.get(i).cacheableTokens();
        if (i < settled.size()) {
          assertThat(cachedTokens(second.get(i))).as(server::output).isEqualTo(most);
        } else {
          assertThat(cachedTokens(second.get(i))).as(server::output).isBetween(0, most);
          found += cachedTokens(second.get(i));
          possible += most;
        }
      }
      System.out.printf("killed in copies: %d of %d tokens found%n", found, possible);
      client.awaitQuiet();
      assertThat(server.terminate()).as(server::output).isZero();
    }
  }

  /** Streams that have been accepted. */
  private static List<Iterator<GenerateResponse>> startAll(
      Client client, List<GenerateRequest> requests) {
    List<Iterator<GenerateResponse>> streams = new ArrayList<>();
    for (GenerateRequest request : requests) {
      Iterator<GenerateResponse> stream = client.stub().generate(request);
      assertThat(stream.hasNext()).isTrue();
      streams.add(stream);
    }
    return streams;
  }

  private static void readUntilItBreaks(Iterator<GenerateResponse> stream) {
    try {
      stream.forEachRemaining(event -> {});
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  private void checkTexts(List<Generation> second) {
    Session.checkSecond(sessions, second);
    for (int i = 0; i < SESSIONS; i++) {
      assertThat(second.get(i).text()).isEqualTo(withoutCache.get(i).text());
    }
  }

  private static int cachedTokens(Generation generation) {
    return generation.finished().getUsage().getCachedTokens();
  }
}

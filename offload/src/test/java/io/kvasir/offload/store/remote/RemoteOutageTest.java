package io.kvasir.offload.store.remote;

import static io.kvasir.offload.store.remote.Records.impatient;
import static io.kvasir.offload.store.remote.Records.outcomes;
import static io.kvasir.offload.store.remote.Records.read;
import static io.kvasir.offload.store.remote.Records.reads;
import static io.kvasir.offload.store.remote.Records.write;
import static io.kvasir.offload.store.remote.Records.writes;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.offload.store.RecordTransfer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A {@link RemoteStore} whose server dies, freezes and comes back. */
final class RemoteOutageTest {
  private final Arena arena = Arena.ofShared();
  @TempDir Path folder;
  private RedisServer server;

  @BeforeEach
  void start() throws IOException {
    server = RedisServer.start(folder);
  }

  @AfterEach
  void stop() {
    arena.close();
    if (server != null) {
      server.close();
    }
  }

  @Test
  void deadServerFailsUntilItIsBack() throws Exception {
    try (RemoteStore store = new RemoteStore(impatient(server.uri()))) {
      store.write(writes(arena, 0, 3));
      server.kill();
      RecordTransfer lost = read(arena, 0);
      store.read(List.of(lost));
      assertThat(lost.outcome()).isEqualTo(CopyOutcome.FAILED);
      awaitConnected(store, false);
      RecordTransfer refused = write(arena, 1);
      store.write(List.of(refused));
      assertThat(refused.outcome()).isEqualTo(CopyOutcome.FAILED);
      assertThat(refused.failure()).contains("127.0.0.1:" + server.port());
      assertThat(store.exists(new long[] {0}, new long[] {~0})).containsExactly(CopyOutcome.FAILED);
      assertThat(store.failures()).isEqualTo(1);

      server.restart();
      awaitConnected(store, true);
      // The server has forgotten everything, as it was told to.
      store.read(List.of(lost));
      assertThat(lost.outcome()).isEqualTo(CopyOutcome.MISS);
      store.write(List.of(refused));
      assertThat(refused.outcome()).isEqualTo(CopyOutcome.DONE);
    }
  }

  @Test
  void serverMayComeLater() throws Exception {
    server.kill();
    try (RemoteStore store = new RemoteStore(impatient(server.uri()))) {
      RecordTransfer early = write(arena, 0);
      store.write(List.of(early));
      assertThat(early.outcome()).isEqualTo(CopyOutcome.FAILED);
      server.restart();
      awaitConnected(store, true);
      store.write(List.of(early));
      assertThat(early.outcome()).isEqualTo(CopyOutcome.DONE);
    }
  }

  /** A call that ran out of time gives the memory back for good: no late answer writes into it. */
  @Test
  void frozenServerCostsOneTimeoutAndTouchesNothingLater() throws Exception {
    try (RemoteStore store = new RemoteStore(impatient(server.uri()))) {
      List<RecordTransfer> written = writes(arena, 0, 50);
      do {
        // On a machine that is busy the first may run out of time.
        store.write(written);
      } while (!outcomes(written).equals(List.of(CopyOutcome.DONE)));
      server.freeze();
      List<RecordTransfer> late = reads(arena, 0, 50);
      store.read(late);
      assertThat(outcomes(late)).containsExactly(CopyOutcome.FAILED);
      assertThat(store.connected()).isFalse();
      store.write(writes(arena, 50, 1));
      server.thaw();
      awaitConnected(store, true);
      assertThat(late)
          .allMatch(transfer -> transfer.bytes().mismatch(arena.allocate(Records.ROOM)) == -1);
      awaitRead(store, 0);
    }
  }

  /** Threads copy while the server is killed, frozen and restarted: no read is ever wrong. */
  @Test
  void nothingWrongIsReadWhileTheServerComesAndGoes() throws Exception {
    long seed = System.nanoTime();
    System.out.println("RemoteOutageTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    AtomicLong rounds = new AtomicLong();
    try (RemoteStore store = new RemoteStore(impatient(server.uri()));
        ExecutorService threads = Executors.newFixedThreadPool(3)) {
      List<Future<?>> copiers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        int first = 10 * i;
        copiers.add(threads.submit(() -> copy(store, first, rounds)));
      }
      try {
        for (int outage = 0; outage < 6; outage++) {
          long until = rounds.get() + random.nextInt(1, 60);
          await(rounds, until);
          if (random.nextBoolean()) {
            server.kill();
            server.restart();
          } else {
            server.freeze();
            await(rounds, rounds.get() + 3);
            server.thaw();
          }
          awaitConnected(store, true);
        }
      } finally {
        rounds.set(Long.MIN_VALUE);
      }
      for (Future<?> copier : copiers) {
        copier.get();
      }
      awaitRead(store, 7);
    }
  }

  private static void copy(RemoteStore store, int first, AtomicLong rounds) {
    try (Arena own = Arena.ofShared()) {
      List<RecordTransfer> written = writes(own, first, 10);
      List<RecordTransfer> found = reads(own, first, 10);
      while (rounds.getAndIncrement() >= 0) {
        store.write(written);
        store.read(found);
        assertThat(found)
            .allMatch(
                transfer -> transfer.outcome() != CopyOutcome.DONE || Records.right(transfer));
      }
    }
  }

  private static void await(AtomicLong rounds, long until) {
    while (rounds.get() < until) {
      Thread.onSpinWait();
    }
  }

  private void awaitRead(RemoteStore store, int number) {
    RecordTransfer written = write(arena, number);
    RecordTransfer found = read(arena, number);
    do {
      store.write(List.of(written));
      store.read(List.of(found));
    } while (found.outcome() != CopyOutcome.DONE);
    assertThat(found).matches(Records::right);
  }

  private static void awaitConnected(RemoteStore store, boolean connected) {
    while (store.connected() != connected) {
      Thread.onSpinWait();
    }
  }
}

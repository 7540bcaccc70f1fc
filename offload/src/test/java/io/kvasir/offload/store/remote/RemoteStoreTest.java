package io.kvasir.offload.store.remote;

import static io.kvasir.offload.store.remote.Records.config;
import static io.kvasir.offload.store.remote.Records.outcomes;
import static io.kvasir.offload.store.remote.Records.read;
import static io.kvasir.offload.store.remote.Records.reads;
import static io.kvasir.offload.store.remote.Records.write;
import static io.kvasir.offload.store.remote.Records.writes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.offload.store.RecordTransfer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A {@link RemoteStore} and a server that is well. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RemoteStoreTest {
  private final Arena arena = Arena.ofShared();
  private RedisServer server;
  private RemoteStore store;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    server = RedisServer.start(folder);
  }

  @AfterAll
  void stop() {
    arena.close();
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void connect() throws IOException {
    server.ask("FLUSHALL");
    store = new RemoteStore(config(server.uri()));
  }

  @AfterEach
  void disconnect() {
    store.close();
  }

  @Test
  void saysWhatItIs() {
    assertThat(store.kind()).isEqualTo(TierKind.REMOTE);
    assertThat(store.persistent()).isTrue();
    assertThat(store.emulated()).isFalse();
    assertThat(store.slotCount()).isEqualTo(Records.SLOTS);
    assertThat(store.maxRecordBytes()).isEqualTo(Records.ROOM);
  }

  @Test
  void readsWhatWasWritten() {
    // More bytes than one window.
    List<RecordTransfer> written = writes(arena, 0, 600);
    store.write(written);
    assertThat(outcomes(written)).containsExactly(CopyOutcome.DONE);
    List<RecordTransfer> found = reads(arena, 0, 600);
    store.read(found);
    assertThat(found).allMatch(Records::right);
  }

  @Test
  void missesWhatNobodyWrote() {
    store.write(writes(arena, 0, 2));
    List<RecordTransfer> found = reads(arena, 1, 3);
    store.read(found);
    assertThat(found.get(0)).matches(Records::right);
    assertThat(outcomes(found.subList(1, 3))).containsExactly(CopyOutcome.MISS);
    assertThat(found.get(1).failure()).isNotEmpty();
  }

  @Test
  void hitsWhatAnotherInstanceWrote() {
    try (RemoteStore other = new RemoteStore(config(server.uri()))) {
      other.write(writes(arena, 0, 3));
    }
    assertThat(store.exists(new long[] {1, 3, 2}, new long[] {~1, ~3, ~2}))
        .containsExactly(CopyOutcome.DONE, CopyOutcome.MISS, CopyOutcome.DONE);
    List<RecordTransfer> found = reads(arena, 0, 3);
    store.read(found);
    assertThat(found).allMatch(Records::right);
  }

  @Test
  void discardLeavesTheRecordToOthers() {
    store.write(writes(arena, 0, 1));
    store.discard(0);
    assertThat(store.exists(new long[] {0}, new long[] {~0})).containsExactly(CopyOutcome.DONE);
    assertThatThrownBy(() -> store.discard(Records.SLOTS))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void modelsNeverMeet() {
    store.write(writes(arena, 0, 1));
    RemoteConfig other =
        new RemoteConfig(
            server.uri(),
            0xbeef,
            Records.SLOTS,
            Records.ROOM,
            Duration.ofSeconds(10),
            Duration.ZERO);
    try (RemoteStore stranger = new RemoteStore(other)) {
      RecordTransfer found = read(arena, 0);
      stranger.read(List.of(found));
      assertThat(found.outcome()).isEqualTo(CopyOutcome.MISS);
    }
  }

  @Test
  void keyIsThatOfTheDocumentation() throws IOException {
    store.write(writes(arena, 26, 1));
    assertThat(server.ask("KEYS", "*"))
        .endsWith("kvasir:000000000000feed:000000000000001affffffffffffffe5");
  }

  @Test
  void missesRecordsThatAreTooLarge() throws IOException {
    String key = "kvasir:000000000000feed:0000000000000000ffffffffffffffff";
    server.ask("SETRANGE", key, Integer.toString(Records.ROOM), "x");
    RecordTransfer found = read(arena, 0);
    store.read(List.of(found));
    assertThat(found.outcome()).isEqualTo(CopyOutcome.MISS);
    assertThat(found.failure()).contains(Integer.toString(Records.ROOM + 1));
  }

  @Test
  void fullServerFailsWritesAndServesReads() throws IOException {
    RecordTransfer first = write(arena, 0);
    store.write(List.of(first));
    server.ask("CONFIG SET maxmemory 1");
    RecordTransfer second = write(arena, 1);
    store.write(List.of(second));
    assertThat(second.outcome()).isEqualTo(CopyOutcome.FAILED);
    assertThat(second.failure()).contains("OOM");
    RecordTransfer found = read(arena, 0);
    store.read(List.of(found));
    assertThat(found).matches(Records::right);
    server.ask("CONFIG SET maxmemory 0");
    store.write(List.of(second));
    assertThat(second.outcome()).isEqualTo(CopyOutcome.DONE);
    assertThat(store.failures()).isZero();
  }

  @Test
  void readingRenewsTheTimeToLive() throws IOException {
    RemoteConfig mortal =
        new RemoteConfig(
            server.uri(),
            0xfeed,
            Records.SLOTS,
            Records.ROOM,
            Duration.ofSeconds(10),
            Duration.ofHours(1));
    String key = "kvasir:000000000000feed:0000000000000000ffffffffffffffff";
    try (RemoteStore forgetful = new RemoteStore(mortal)) {
      forgetful.write(List.of(write(arena, 0)));
      assertThat(timeToLive(key)).isBetween(3_000L, 3_600L);
      server.ask("EXPIRE", key, "100");
      forgetful.read(List.of(read(arena, 0)));
      // On the same connection, so the server has seen what the read sent behind its question.
      assertThat(forgetful.exists(new long[] {0}, new long[] {~0}))
          .containsExactly(CopyOutcome.DONE);
      assertThat(timeToLive(key)).isBetween(3_000L, 3_600L);
    }
  }

  private long timeToLive(String key) throws IOException {
    return Long.parseLong(server.ask("TTL", key).substring(1));
  }

  @Test
  void passwordOpensAndIsNotTold(@TempDir Path folder) throws Exception {
    try (RedisServer guarded = RedisServer.start(folder, "--requirepass", "s3cret")) {
      String right = "redis://:s3cret@127.0.0.1:" + guarded.port();
      assertThat(config(right).toString()).doesNotContain("s3cret");
      try (RemoteStore inside = new RemoteStore(config(right))) {
        assertThat(inside.connected()).isTrue();
      }
      try (RemoteStore outside = new RemoteStore(config(guarded.uri()))) {
        RecordTransfer refused = write(arena, 0);
        outside.write(List.of(refused));
        assertThat(refused.outcome()).isEqualTo(CopyOutcome.FAILED);
        assertThat(refused.failure()).contains("NOAUTH");
      }
    }
  }

  @Test
  void namesTheLimitThatAConfigurationBreaks() {
    assertThatThrownBy(() -> config("not a server :s3cret@"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("redis://")
        .hasNoCause()
        .message()
        .doesNotContain("s3cret");
    assertThatThrownBy(
            () -> new RemoteConfig("redis://x", 0, 0, 4096, Duration.ofSeconds(1), Duration.ZERO))
        .hasMessageContaining("slotCount");
    assertThatThrownBy(
            () -> new RemoteConfig("redis://x", 0, 1, 4095, Duration.ofSeconds(1), Duration.ZERO))
        .hasMessageContaining("4096");
    assertThatThrownBy(
            () -> new RemoteConfig("redis://x", 0, 1, 4096, Duration.ZERO, Duration.ZERO))
        .hasMessageContaining("timeout");
  }
}

package io.kvasir.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.offload.store.arena.CxlDevice;
import io.kvasir.offload.store.remote.RedisServer;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.loop.TierStatus;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.worker.memory.TierSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Between the two turns of many sessions every record that a tier holds is damaged, in a file that
 * the next server opens, in memory that a server has mapped, and on a shared server. No answer
 * changes; less is found, and each damaged record that was asked for is a miss that is counted.
 */
class DamageThroughTheStackTest {
  private static final int SESSIONS = 48;
  private static final int ANSWER_TOKENS = 60;

  /** Blocks of the arena: for all sessions, and for few of them. */
  private static final int ROOMY = 1024;

  private static final int SCARCE = 48;

  /** Records of a tier: more than the blocks of one set of sessions, fewer than of two. */
  private static final int SLOTS = 400;

  private static final int RECORD_BYTES = 4096;

  /** Where an SSD tier's records begin. */
  private static final int DATA_OFFSET = 1 << 20;

  /** Steps of so few tokens that the cost of computing stays unknown: what is found is loaded. */
  private static final int STEP_TOKENS = StackSetup.SMALL_STEP_TOKENS;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void recordsOfAFileThatTheNextServerOpens(Damage damage) throws IOException {
    List<byte[]> before;
    List<Session> sessions;
    Path file = folder.resolve("blocks.kv");
    try (Stack stack = Stack.embedded(ssd())) {
      runFirstTurns(stack, 1);
      before = Damage.read(file, DATA_OFFSET, RECORD_BYTES);
      sessions = runFirstTurns(stack, 2);
    }
    List<byte[]> records = Damage.read(file, DATA_OFFSET, RECORD_BYTES);
    damage.strike(records, before, new Random(3));
    Damage.write(file, DATA_OFFSET, records);
    try (Stack stack = Stack.embedded(ssd())) {
      assertThat(runSecondTurns(stack, sessions)).isLessThan(cacheable(sessions) / 2);
    }
  }

  @Test
  void aFileThatLostItsSecondHalf() throws IOException {
    List<Session> sessions;
    try (Stack stack = Stack.embedded(ssd())) {
      sessions = runFirstTurns(stack, 2);
    }
    try (FileChannel file =
        FileChannel.open(folder.resolve("blocks.kv"), StandardOpenOption.WRITE)) {
      file.truncate(DATA_OFFSET + SLOTS / 2 * RECORD_BYTES);
    }
    try (Stack stack = Stack.embedded(ssd())) {
      assertThat(runSecondTurns(stack, sessions)).isBetween(1, cacheable(sessions) - 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void recordsInMemoryThatTheServerHasMapped(Damage damage) throws IOException {
    // A file stands for the device: the server maps it as it maps a device's memory.
    Path device = folder.resolve("dax");
    try (FileChannel made =
        FileChannel.open(device, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      made.write(ByteBuffer.allocate(1), (long) SLOTS * RECORD_BYTES - 1);
    }
    CxlDevice.Dax dax = new CxlDevice.Dax(device, (long) SLOTS * RECORD_BYTES);
    TierSettings cxl = new TierSettings(0, List.of(dax), null, null, Map.of());
    try (Stack stack = Stack.embedded(setup(SCARCE, cxl))) {
      runFirstTurns(stack, 1);
      List<byte[]> before = Damage.read(device, 0, RECORD_BYTES);
      List<Session> sessions = runFirstTurns(stack, 2);
      List<byte[]> records = Damage.read(device, 0, RECORD_BYTES);
      damage.strike(records, before, new Random(3));
      Damage.write(device, 0, records);
      assertThat(runSecondTurns(stack, sessions)).isLessThan(cacheable(sessions) / 2);
    }
  }

  /** An older record of the same key holds the same KV: there is nothing stale to be found. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STALE")
  void recordsOnASharedServer(Damage damage) throws IOException {
    try (RedisServer redis = RedisServer.start(folder)) {
      TierSettings.Remote remote = new TierSettings.Remote(redis.uri(), SLOTS);
      TierSettings tiers = new TierSettings(0, List.of(), null, remote, Map.of());
      try (Stack stack = Stack.embedded(setup(SCARCE, tiers))) {
        List<Session> sessions = runFirstTurns(stack, 2);
        strike(redis.uri(), damage);
        assertThat(runSecondTurns(stack, sessions)).isLessThan(cacheable(sessions) / 2);
      }
    }
  }

  private static void strike(String uri, Damage damage) throws IOException {
    try (RedisRecords redis = new RedisRecords(uri)) {
      List<byte[]> keys = redis.keys();
      List<byte[]> records = new ArrayList<>();
      for (byte[] key : keys) {
        records.add(redis.get(key));
      }
      assertThat(records).isNotEmpty();
      damage.strike(records, List.of(), new Random(3));
      for (int i = 0; i < records.size(); i++) {
        redis.set(keys.get(i), records.get(i));
      }
    }
  }

  private StackSetup ssd() throws IOException {
    long bytes = DATA_OFFSET + (long) SLOTS * RECORD_BYTES;
    TierSettings.Ssd ssd = new TierSettings.Ssd(folder, null, bytes, 100 * bytes);
    return setup(ROOMY, new TierSettings(0, List.of(), ssd, null, Map.of()));
  }

  private static StackSetup setup(int blocks, TierSettings tiers) throws IOException {
    return StackSetup.hash(blocks, STEP_TOKENS).with(PreemptionMode.SWAP, tiers);
  }

  private static List<Session> runFirstTurns(Stack stack, long seed) {
    List<Session> sessions = Session.random(SESSIONS, ANSWER_TOKENS, seed, stack.vocabularySize());
    Session.checkFirst(sessions, stack.generateAll(Session.firstTurns(sessions)));
    SchedulerStatus status = stack.quiet();
    assertThat(status.tiers().getFirst().resident()).isPositive();
    assertThat(status.tiers().getFirst().loaded().missed()).isZero();
    return sessions;
  }

  /** Returns how many prompt tokens were found: what one computes anew, another may find. */
  private static int runSecondTurns(Stack stack, List<Session> sessions) {
    List<Generation> second = stack.generateAll(Session.secondTurns(sessions));
    Session.checkSecond(sessions, second);
    TierStatus tier = stack.quiet().tiers().getFirst();
    assertThat(tier.loaded().missed()).as("%s", tier).isPositive();
    assertThat(tier.loaded().failed()).as("%s", tier).isZero();
    int found = 0;
    for (int i = 0; i < sessions.size(); i++) {
      int cached = second.get(i).finished().getUsage().getCachedTokens();
      assertThat(cached).isBetween(0, sessions.get(i).cacheableTokens());
      found += cached;
    }
    return found;
  }

  private static int cacheable(List<Session> sessions) {
    return sessions.stream().mapToInt(Session::cacheableTokens).sum();
  }
}

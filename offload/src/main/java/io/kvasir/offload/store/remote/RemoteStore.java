package io.kvasir.offload.store.remote;

import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.offload.store.RecordTransfer;
import io.kvasir.offload.store.SharedStore;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.RedisCommand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Records on a Valkey or Redis server that several instances share.
 *
 * <p>The server is the truth. A record is found by its hash, not by its slot: slots are handles
 * that the planner counts, and a read hits whatever any instance stored under the hash. So {@link
 * #discard} forgets nothing on the server: another instance may count on the record, and the
 * server's memory is the server's to manage (time to live, {@code maxmemory-policy}).
 *
 * <p>No call blocks longer than the timeout. A server that is dead, slow or restarting costs one
 * timeout at most; from then on transfers are FAILED at once until {@link RemoteLink} has connected
 * again, by itself. A server whose memory is full answers with an error: FAILED, and reads go on.
 *
 * <p>Records are copied between the connection and the transfers' memory, on threads of the client:
 * that memory has to be accessible to any thread.
 */
public final class RemoteStore implements SharedStore {
  /** Bytes that one call has under way at most, unless a single record is larger. */
  private static final long WINDOW_BYTES = 8 << 20;

  /** Commands that one call has under way at most. */
  private static final int WINDOW_COMMANDS = 1024;

  private final RemoteConfig config;
  private final RemoteCommands commands;
  private final RemoteLink link;

  /**
   * Connects. If the server is not there, that is logged, and every transfer FAILED until it is.
   */
  public RemoteStore(RemoteConfig config) {
    this.config = config;
    commands = new RemoteCommands(config.fingerprint(), config.timeToLive());
    link = new RemoteLink(RedisURI.create(config.uri()), config.timeout());
  }

  @Override
  public String name() {
    return "remote";
  }

  @Override
  public TierKind kind() {
    return TierKind.REMOTE;
  }

  @Override
  public int slotCount() {
    return config.slotCount();
  }

  @Override
  public int maxRecordBytes() {
    return config.maxRecordBytes();
  }

  @Override
  public boolean persistent() {
    return true;
  }

  @Override
  public boolean emulated() {
    return false;
  }

  /** Whether the server can be reached, as far as is known. */
  public boolean connected() {
    return link.lines() != null;
  }

  /** How often the server was lost since the start. */
  public long failures() {
    return link.failures();
  }

  @Override
  public void write(List<RecordTransfer> batch) {
    for (RecordTransfer transfer : batch) {
      Objects.checkIndex(transfer.slot(), config.slotCount());
      if (transfer.length() < 1 || transfer.length() > config.maxRecordBytes()) {
        throw new IllegalArgumentException(
            "a record of %d bytes, at most %d".formatted(transfer.length(), maxRecordBytes()));
      }
    }
    transfer(batch, true);
  }

  @Override
  public void read(List<RecordTransfer> batch) {
    for (RecordTransfer transfer : batch) {
      Objects.checkIndex(transfer.slot(), config.slotCount());
    }
    transfer(batch, false);
  }

  /** Does nothing: see the class. */
  @Override
  public void discard(int slot) {
    Objects.checkIndex(slot, config.slotCount());
  }

  /** {@inheritDoc} No longer than the timeout; on a connection that no record travels on. */
  @Override
  public CopyOutcome[] exists(long[] hashHi, long[] hashLo) {
    CopyOutcome[] exists = new CopyOutcome[hashHi.length];
    Arrays.fill(exists, CopyOutcome.FAILED);
    long deadline = deadline();
    for (int from = 0; from < exists.length; from += WINDOW_COMMANDS) {
      RemoteLink.Lines lines = link.lines();
      if (lines == null) {
        return exists;
      }
      List<AsyncCommand<byte[], Flight, Boolean>> asked = new ArrayList<>();
      for (int i = from; i < Math.min(exists.length, from + WINDOW_COMMANDS); i++) {
        asked.add(commands.exists(hashHi[i], hashLo[i]));
      }
      send(lines.probes(), asked);
      for (int i = 0; i < asked.size(); i++) {
        if (await(lines, asked.get(i), deadline).isEmpty()) {
          exists[from + i] = asked.get(i).join() ? CopyOutcome.DONE : CopyOutcome.MISS;
        }
      }
    }
    return exists;
  }

  private long deadline() {
    return System.nanoTime() + config.timeout().toNanos();
  }

  /** Moves records, one window after the other. */
  private void transfer(List<RecordTransfer> batch, boolean store) {
    long deadline = deadline();
    int from = 0;
    while (from < batch.size()) {
      RemoteLink.Lines lines = link.lines();
      if (lines == null) {
        fail(batch, from, link.problem());
        return;
      }
      int to = windowEnd(batch, from, store);
      window(lines, batch.subList(from, to), store, deadline);
      from = to;
    }
  }

  private static void fail(List<RecordTransfer> batch, int from, String why) {
    for (RecordTransfer transfer : batch.subList(from, batch.size())) {
      transfer.missed(CopyOutcome.FAILED, why);
    }
  }

  private static int windowEnd(List<RecordTransfer> batch, int from, boolean store) {
    int to = from;
    long bytes = 0;
    do {
      bytes += bytes(batch.get(to++), store);
    } while (to < batch.size() && bytes + bytes(batch.get(to), store) <= WINDOW_BYTES);
    return to;
  }

  private static long bytes(RecordTransfer transfer, boolean store) {
    return store ? transfer.length() : transfer.bytes().byteSize();
  }

  private void window(
      RemoteLink.Lines lines, List<RecordTransfer> window, boolean store, long deadline) {
    List<Flight> flights = new ArrayList<>(window.size());
    List<AsyncCommand<byte[], Flight, ?>> awaited = new ArrayList<>(window.size());
    List<RedisCommand<byte[], Flight, ?>> sent = new ArrayList<>(2 * window.size());
    for (RecordTransfer transfer : window) {
      Flight flight = new Flight(transfer.bytes(), (int) bytes(transfer, store));
      AsyncCommand<byte[], Flight, ?> command =
          store
              ? commands.set(transfer.hashHi(), transfer.hashLo(), flight)
              : commands.get(transfer.hashHi(), transfer.hashLo(), flight);
      flights.add(flight);
      awaited.add(command);
      sent.add(command);
      if (!store && commands.expire()) {
        sent.add(commands.touch(transfer.hashHi(), transfer.hashLo()));
      }
    }
    try {
      send(store ? lines.writes() : lines.reads(), sent);
      for (int i = 0; i < window.size(); i++) {
        String failure = await(lines, awaited.get(i), deadline);
        flights.get(i).land();
        if (failure.isEmpty()) {
          arrived(window.get(i), flights.get(i), store);
        } else {
          window.get(i).missed(CopyOutcome.FAILED, failure);
        }
      }
    } finally {
      // Whatever happened, no late answer may touch the caller's memory.
      flights.forEach(Flight::land);
    }
  }

  private static void arrived(RecordTransfer transfer, Flight flight, boolean store) {
    if (store) {
      transfer.done(transfer.length());
    } else if (flight.found() == Flight.NOTHING) {
      transfer.missed(CopyOutcome.MISS, "the server has no such record");
    } else if (flight.found() > flight.length()) {
      transfer.missed(
          CopyOutcome.MISS, "a record of %d bytes, too large".formatted(flight.found()));
    } else {
      transfer.done(flight.found());
    }
  }

  /** A connection that has ended completes the commands with an error; it throws nothing here. */
  private static void send(
      StatefulRedisConnection<byte[], Flight> connection,
      List<? extends RedisCommand<byte[], Flight, ?>> sent) {
    connection.dispatch(sent);
  }

  /** Waits for an answer; why there is none, or empty. Takes the link down if the server is. */
  private String await(RemoteLink.Lines lines, AsyncCommand<?, ?, ?> command, long deadline) {
    String problem;
    try {
      command.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      return "";
    } catch (ExecutionException e) {
      problem = message(e.getCause());
      if (e.getCause() instanceof RedisCommandExecutionException) {
        // The server is well and said no: its memory is full, it is read-only, it is loading.
        return problem;
      }
    } catch (TimeoutException e) {
      problem = "no answer within " + config.timeout().toMillis() + " ms";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      problem = "interrupted";
    }
    link.broken(lines, problem);
    return problem;
  }

  private static String message(@Nullable Throwable cause) {
    return cause == null ? "no reason" : String.valueOf(cause.getMessage());
  }

  @Override
  public void close() {
    link.close();
  }
}

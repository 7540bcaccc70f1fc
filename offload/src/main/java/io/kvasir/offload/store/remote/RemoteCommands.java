package io.kvasir.offload.store.remote;

import io.lettuce.core.output.BooleanOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;

/**
 * The commands that a {@link RemoteStore} sends. Each record has a command of its own: they are
 * sent in one go all the same, each has its own outcome, and unlike MSET they can tell a time to
 * live.
 *
 * <pre>
 * key    kvasir:&lt;fingerprint, 16 hexadecimal digits&gt;:&lt;hash, 32 hexadecimal digits&gt;
 * value  the record
 * </pre>
 */
final class RemoteCommands {
  private final String prefix;
  private final long timeToLiveMillis;

  RemoteCommands(long fingerprint, Duration timeToLive) {
    prefix = "kvasir:" + HexFormat.of().toHexDigits(fingerprint) + ":";
    timeToLiveMillis = timeToLive.toMillis();
  }

  boolean expire() {
    return timeToLiveMillis > 0;
  }

  AsyncCommand<byte[], Flight, String> set(long hashHi, long hashLo, Flight flight) {
    CommandArgs<byte[], Flight> arguments = key(hashHi, hashLo).addValue(flight);
    if (expire()) {
      arguments.add("PX").add(timeToLiveMillis);
    }
    return new AsyncCommand<>(
        new Command<>(CommandType.SET, new StatusOutput<>(FlightCodec.INSTANCE), arguments));
  }

  AsyncCommand<byte[], Flight, Flight> get(long hashHi, long hashLo, Flight flight) {
    return new AsyncCommand<>(
        new Command<>(CommandType.GET, flight.arrival(), key(hashHi, hashLo)));
  }

  /** Begins the time to live anew; of a record that is not there, it does nothing. */
  Command<byte[], Flight, Long> touch(long hashHi, long hashLo) {
    return new Command<>(
        CommandType.PEXPIRE,
        new IntegerOutput<>(FlightCodec.INSTANCE),
        key(hashHi, hashLo).add(timeToLiveMillis));
  }

  AsyncCommand<byte[], Flight, Boolean> exists(long hashHi, long hashLo) {
    return new AsyncCommand<>(
        new Command<>(
            CommandType.EXISTS, new BooleanOutput<>(FlightCodec.INSTANCE), key(hashHi, hashLo)));
  }

  private CommandArgs<byte[], Flight> key(long hashHi, long hashLo) {
    HexFormat hex = HexFormat.of();
    String key = prefix + hex.toHexDigits(hashHi) + hex.toHexDigits(hashLo);
    return new CommandArgs<>(FlightCodec.INSTANCE).addKey(key.getBytes(StandardCharsets.US_ASCII));
  }
}

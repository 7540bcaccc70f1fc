package io.kvasir.offload.store.remote;

import io.lettuce.core.output.CommandOutput;
import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One record between a caller's memory and a connection. The connection's thread copies it, in
 * either direction, straight from and to that memory; once the caller took the memory back with
 * {@link #land} it is touched no more, however late an answer comes.
 */
final class Flight {
  /** What a read has found. */
  static final int NOTHING = -1;

  private final int length;
  private @Nullable MemorySegment memory;
  private int found = NOTHING;

  /**
   * Lends memory.
   *
   * @param memory that any thread may access
   * @param length bytes to send, or room for what is received
   */
  Flight(MemorySegment memory, int length) {
    this.memory = memory;
    this.length = length;
  }

  int length() {
    return length;
  }

  /** Takes the memory back. */
  synchronized void land() {
    memory = null;
  }

  /** Bytes that the server had, which may be more than there was room for; or NOTHING. */
  synchronized int found() {
    return found;
  }

  synchronized void send(ByteBuf target) {
    if (memory == null) {
      // Half a command is written: the connection is of no use, and Lettuce closes it.
      throw new IllegalStateException("the caller no longer waits");
    }
    target.writeBytes(memory.asSlice(0, length).asByteBuffer());
  }

  private synchronized void receive(ByteBuffer source) {
    found = source.remaining();
    if (memory != null && found <= length) {
      MemorySegment.copy(MemorySegment.ofBuffer(source), 0, memory, 0, found);
    }
  }

  /** An output of Lettuce that receives into this flight. */
  CommandOutput<byte[], Flight, Flight> arrival() {
    return new CommandOutput<>(FlightCodec.INSTANCE, this) {
      @Override
      public void set(@Nullable ByteBuffer bytes) {
        if (bytes != null) {
          receive(bytes);
        }
      }
    };
  }
}

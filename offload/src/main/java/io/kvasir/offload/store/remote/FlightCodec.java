package io.kvasir.offload.store.remote;

import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.ToByteBufEncoder;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Keys are bytes, values are {@link Flight}s, which are written without a copy in between. */
enum FlightCodec implements RedisCodec<byte[], Flight>, ToByteBufEncoder<byte[], Flight> {
  INSTANCE;

  @Override
  public void encodeKey(byte[] key, ByteBuf target) {
    target.writeBytes(key);
  }

  @Override
  public void encodeValue(Flight value, ByteBuf target) {
    value.send(target);
  }

  @Override
  public int estimateSize(Object keyOrValue) {
    return keyOrValue instanceof Flight flight ? flight.length() : ((byte[]) keyOrValue).length;
  }

  @Override
  public boolean isEstimateExact() {
    return true;
  }

  @Override
  public ByteBuffer encodeKey(byte[] key) {
    return ByteBuffer.wrap(key);
  }

  /** Lettuce asks for this only to tell a command in its log. */
  @Override
  public ByteBuffer encodeValue(Flight value) {
    return StandardCharsets.US_ASCII.encode(value.length() + " bytes");
  }

  @Override
  public byte[] decodeKey(ByteBuffer bytes) {
    throw new UnsupportedOperationException("no command returns keys");
  }

  @Override
  public Flight decodeValue(ByteBuffer bytes) {
    throw new UnsupportedOperationException("values are received by Flight.arrival");
  }
}

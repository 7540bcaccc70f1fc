package io.kvasir.offload.codec;

import java.lang.foreign.MemorySegment;

/**
 * Writes the KV of one block in fewer bytes, and back. An instance belongs to one thread at a time;
 * it may keep scratch memory.
 */
public interface BlockCodec {

  /** Name for people, as in {@link BlockCodecs}. */
  String name();

  /** Names the codec and its version in records; 0 is raw. */
  int id();

  /** Whether {@link #decode} gives back bit for bit what {@link #encode} was given. */
  boolean exact();

  /** Upper bound of {@link #encode}'s answer, bytes. */
  int maxEncodedBytes();

  /**
   * Encodes a block.
   *
   * @param block the block's bytes, laid out as {@code BlockLayout} says
   * @param tokens leading tokens that count; what decode gives for the others is not specified
   * @param out at least {@link #maxEncodedBytes} bytes
   * @return bytes written
   */
  int encode(MemorySegment block, int tokens, MemorySegment out);

  /**
   * Decodes a block.
   *
   * @param in exactly what encode wrote; its checksum was verified
   * @param tokens as given to encode
   * @param block receives the block
   * @throws IllegalArgumentException if the bytes are not this codec's
   */
  void decode(MemorySegment in, int tokens, MemorySegment block);
}

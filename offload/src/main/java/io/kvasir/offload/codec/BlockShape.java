package io.kvasir.offload.codec;

import io.kvasir.kvpool.layout.BlockGeometry;
import java.lang.foreign.MemorySegment;

/** What every codec checks about the blocks that it is given. */
final class BlockShape {
  private BlockShape() {}

  /**
   * Bytes of a block.
   *
   * @throws IllegalArgumentException if a codec's sizes would not be an int
   */
  static int bytes(BlockGeometry geometry) {
    long bytes = geometry.blockBytes();
    if (bytes > Integer.MAX_VALUE / 2) {
      throw new IllegalArgumentException(
          "a block of " + bytes + " bytes is above the codecs' limit, " + Integer.MAX_VALUE / 2);
    }
    return (int) bytes;
  }

  /**
   * Refuses elements that are not floats.
   *
   * @throws IllegalArgumentException if an element does not have 4 bytes
   */
  static void requireFloats(String codec, BlockGeometry geometry) {
    if (geometry.elementBytes() != Float.BYTES) {
      throw new IllegalArgumentException(
          "codec %s needs elements of 4 bytes (float32), these have %d"
              .formatted(codec, geometry.elementBytes()));
    }
  }

  /**
   * Checks the arguments of encode and decode.
   *
   * @throws IllegalArgumentException if block or tokens do not fit the geometry
   */
  static void check(BlockGeometry geometry, MemorySegment block, int tokens) {
    if (block.byteSize() < geometry.blockBytes()) {
      throw new IllegalArgumentException(
          "block has %d bytes, must have %d".formatted(block.byteSize(), geometry.blockBytes()));
    }
    if (tokens < 1 || tokens > geometry.blockTokens()) {
      throw new IllegalArgumentException(
          "tokens is %d, must be 1 to %d".formatted(tokens, geometry.blockTokens()));
    }
  }

  /**
   * Checks that there are as many encoded bytes as there must be.
   *
   * @throws IllegalArgumentException if not
   */
  static void requireSize(String codec, MemorySegment in, long expected) {
    if (in.byteSize() != expected) {
      throw new IllegalArgumentException(
          "not a block of codec %s: %d bytes, expected %d"
              .formatted(codec, in.byteSize(), expected));
    }
  }
}

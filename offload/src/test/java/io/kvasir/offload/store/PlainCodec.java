package io.kvasir.offload.store;

import io.kvasir.offload.codec.BlockCodec;
import java.lang.foreign.MemorySegment;

/**
 * A codec for tests: the bytes of the tokens that count, as if a block were token after token, so
 * that records differ in length.
 *
 * @param id its number
 * @param blockBytes bytes of a block
 * @param blockTokens tokens of a block
 */
record PlainCodec(int id, int blockBytes, int blockTokens) implements BlockCodec {

  @Override
  public String name() {
    return "plain";
  }

  @Override
  public boolean exact() {
    return true;
  }

  @Override
  public int maxEncodedBytes() {
    return blockBytes;
  }

  @Override
  public int encode(MemorySegment block, int tokens, MemorySegment out) {
    int bytes = blockBytes / blockTokens * tokens;
    MemorySegment.copy(block, 0, out, 0, bytes);
    return bytes;
  }

  @Override
  public void decode(MemorySegment in, int tokens, MemorySegment block) {
    if (in.byteSize() != (long) blockBytes / blockTokens * tokens) {
      throw new IllegalArgumentException("wrong length " + in.byteSize());
    }
    MemorySegment.copy(in, 0, block, 0, in.byteSize());
  }
}

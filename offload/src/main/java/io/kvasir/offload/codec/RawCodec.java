package io.kvasir.offload.codec;

import io.kvasir.kvpool.layout.BlockGeometry;
import java.lang.foreign.MemorySegment;

/**
 * The block as it is, all slots of it: exact, and as fast as memory is. Elements may have any size.
 * It keeps no scratch, so any number of threads may share an instance.
 */
public final class RawCodec implements BlockCodec {
  /** Names the codec in records. */
  public static final int ID = 0;

  private final BlockGeometry geometry;
  private final int blockBytes;

  /**
   * A codec for blocks of one shape.
   *
   * @throws IllegalArgumentException if a block has more than 1 GiB
   */
  public RawCodec(BlockGeometry geometry) {
    this.geometry = geometry;
    blockBytes = BlockShape.bytes(geometry);
  }

  @Override
  public String name() {
    return "raw";
  }

  @Override
  public int id() {
    return ID;
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
    BlockShape.check(geometry, block, tokens);
    MemorySegment.copy(block, 0, out, 0, blockBytes);
    return blockBytes;
  }

  @Override
  public void decode(MemorySegment in, int tokens, MemorySegment block) {
    BlockShape.check(geometry, block, tokens);
    BlockShape.requireSize("raw", in, blockBytes);
    MemorySegment.copy(in, 0, block, 0, blockBytes);
  }
}

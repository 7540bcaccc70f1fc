package io.kvasir.offload.store;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.offload.codec.BlockCodec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.function.Supplier;

/** Blocks of a small shape for tests of {@link TieredBlockStore}. */
public final class Blocks {
  /** 2 layers, 2 heads of 16, 4 bytes each, 16 tokens: 8 KiB. */
  public static final BlockGeometry GEOMETRY = new BlockGeometry(2, 2, 16, 4, 16);

  /** Of the weights. */
  public static final String MODEL = "model a";

  /** Largest record, bytes. */
  public static final int RECORD_BYTES = RecordFormat.maxRecordBytes((int) GEOMETRY.blockBytes());

  private Blocks() {}

  /** The codec's number is 0. */
  public static Supplier<BlockCodec> codecs() {
    return codecs(0);
  }

  /** A codec with that number. */
  public static Supplier<BlockCodec> codecs(int id) {
    return () -> new PlainCodec(id, (int) GEOMETRY.blockBytes(), GEOMETRY.blockTokens());
  }

  /** A full block whose bytes and hash follow from a number. */
  public static BlockTransfer block(int slot, long number, int generation) {
    BlockTransfer block = room(slot, number, generation);
    byte[] bytes = new byte[(int) GEOMETRY.blockBytes()];
    new Random(number).nextBytes(bytes);
    block.block.copyFrom(MemorySegment.ofArray(bytes));
    return block;
  }

  /** Room for such a block. */
  public static BlockTransfer room(int slot, long number, int generation) {
    BlockTransfer block = new BlockTransfer();
    block.slot = slot;
    block.hashHi = number * 0x9E3779B97F4A7C15L;
    block.hashLo = number;
    block.tokens = GEOMETRY.blockTokens();
    block.generation = generation;
    block.saltTag = 77;
    block.block = Arena.ofAuto().allocate(GEOMETRY.blockBytes(), 64);
    return block;
  }

  /** A block's bytes. */
  public static byte[] bytes(BlockTransfer block) {
    return block.block.toArray(ValueLayout.JAVA_BYTE);
  }
}

package io.kvasir.kvpool.layout;

/**
 * Where each element of the KV of a block lies: the only place where offsets are added. Offsets are
 * bytes from the start of an arena whose block 0 starts at 0.
 *
 * <pre>
 * arena    | block 0 | block 1 | ... | block n-1 |
 * block    | layer 0 K | layer 0 V | layer 1 K | layer 1 V | ... |
 * K        | head 0 | head 1 | ...     head: dim-major   [headDim][blockTokens]
 * V        | head 0 | head 1 | ...     head: slot-major  [blockTokens][headDim]
 * </pre>
 *
 * <p>A slot is the place of one token in its block, {@code position % blockTokens}. Both halves of
 * a head are laid out the way attention walks them with vector instructions: scores are computed
 * for neighbouring slots at once (K, lanes over slots), the weighted sum for neighbouring
 * dimensions (V, lanes over dimensions), so neither needs a sum across lanes. A block is one
 * contiguous piece, so a copy of a block needs {@link #blockOffset} and {@link
 * BlockGeometry#blockBytes} only.
 *
 * <p>Arguments are not checked here: ids are checked where a batch enters, memory access is checked
 * by the arena's segment.
 */
public final class BlockLayout {
  private final BlockGeometry geometry;
  private final long blockBytes;
  private final long layerBytes;
  private final long halfBytes;
  private final long headBytes;
  private final long elementBytes;
  private final long keyDimStride;
  private final long valueSlotStride;

  public BlockLayout(BlockGeometry geometry) {
    this.geometry = geometry;
    elementBytes = geometry.elementBytes();
    keyDimStride = geometry.blockTokens() * elementBytes;
    valueSlotStride = geometry.headDim() * elementBytes;
    headBytes = geometry.headDim() * keyDimStride;
    halfBytes = geometry.kvHeads() * headBytes;
    layerBytes = 2 * halfBytes;
    blockBytes = geometry.layers() * layerBytes;
  }

  /** The shape the offsets are for. */
  public BlockGeometry geometry() {
    return geometry;
  }

  /** Bytes of an arena of {@code blockCount} blocks. */
  public long arenaBytes(int blockCount) {
    return Math.multiplyExact((long) blockCount, blockBytes);
  }

  /** Start of a block. */
  public long blockOffset(int blockId) {
    return blockId * blockBytes;
  }

  /** Start of one head's keys in a block: {@code headDim} rows, {@link #keyDimStride} apart. */
  public long keyOffset(int blockId, int layer, int head) {
    return blockId * blockBytes + layer * layerBytes + head * headBytes;
  }

  /** Start of one head's values in a block: rows of one slot, {@link #valueSlotStride} apart. */
  public long valueOffset(int blockId, int layer, int head) {
    return keyOffset(blockId, layer, head) + halfBytes;
  }

  /** One element of a key. */
  public long keyOffset(int blockId, int layer, int head, int slot, int dim) {
    return keyOffset(blockId, layer, head) + dim * keyDimStride + slot * elementBytes;
  }

  /** One element of a value. */
  public long valueOffset(int blockId, int layer, int head, int slot, int dim) {
    return valueOffset(blockId, layer, head) + slot * valueSlotStride + dim * elementBytes;
  }

  /** Bytes from a key's element to its next dimension's. */
  public long keyDimStride() {
    return keyDimStride;
  }

  /** Bytes from one slot's value to the next slot's. */
  public long valueSlotStride() {
    return valueSlotStride;
  }
}

package io.kvasir.worker.link;

import static io.kvasir.proto.WireLimits.MAX_BLOCK_DIMENSION;
import static io.kvasir.proto.WireLimits.MAX_INVENTORY_BLOCKS;
import static io.kvasir.proto.WireLimits.MAX_TIERS;
import static io.kvasir.proto.WireLimits.MAX_TIER_SLOTS;

import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.v1.TierInventory;
import io.kvasir.v1.WorkerMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What the tiers of a worker hold, as records and on the wire. */
public final class InventoryCodec {
  private InventoryCodec() {}

  /**
   * To the wire, in as many messages as it takes.
   *
   * @param inventory tells every block to the consumer it is given
   */
  static void encode(Consumer<Consumer<StoredBlock>> inventory, Consumer<WorkerMessage> send) {
    TierInventory.Builder part = TierInventory.newBuilder();
    inventory.accept(block -> {
      part.addBlocks(encode(block));
      if (part.getBlocksCount() == MAX_INVENTORY_BLOCKS) {
        send(part, send);
      }
    });
    if (part.getBlocksCount() > 0) {
      send(part, send);
    }
  }

  private static void send(TierInventory.Builder part, Consumer<WorkerMessage> send) {
    send.accept(WorkerMessage.newBuilder().setInventory(part).build());
    part.clear();
  }

  private static io.kvasir.v1.StoredBlock encode(StoredBlock block) {
    return io.kvasir.v1.StoredBlock.newBuilder()
        .setTier(block.tier())
        .setSlot(block.slot())
        .setHashHi(block.hashHi())
        .setHashLo(block.hashLo())
        .setTokens(block.tokens())
        .setGeneration(block.generation())
        .setSaltTag(block.saltTag())
        .setLastUseMillis(block.lastUseMillis())
        .build();
  }

  /**
   * One part from the wire. Whether tiers and slots exist is the scheduler's to say.
   *
   * @throws IllegalArgumentException naming the field and the limit
   */
  public static List<StoredBlock> decode(TierInventory part) {
    WireCheck.entries("inventory.blocks", part.getBlocksCount(), MAX_INVENTORY_BLOCKS);
    List<StoredBlock> blocks = new ArrayList<>(part.getBlocksCount());
    for (io.kvasir.v1.StoredBlock block : part.getBlocksList()) {
      blocks.add(
          new StoredBlock(
              WireCheck.range("inventory.blocks.tier", block.getTier(), 0, MAX_TIERS - 1),
              WireCheck.range("inventory.blocks.slot", block.getSlot(), 0, MAX_TIER_SLOTS - 1),
              block.getHashHi(),
              block.getHashLo(),
              WireCheck.range("inventory.blocks.tokens", block.getTokens(), 1, MAX_BLOCK_DIMENSION),
              block.getGeneration(),
              block.getSaltTag(),
              block.getLastUseMillis()));
    }
    return blocks;
  }
}

package io.kvasir.worker.link;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.proto.WireLimits;
import io.kvasir.v1.Tier;

/** What a tier is, as a record and on the wire. */
final class TierCodec {
  private TierCodec() {}

  static Tier encode(TierSpec tier) {
    return Tier.newBuilder()
        .setKind(
            switch (tier.kind()) {
              case DRAM -> io.kvasir.v1.TierKind.TIER_KIND_DRAM;
              case CXL -> io.kvasir.v1.TierKind.TIER_KIND_CXL;
              case SSD -> io.kvasir.v1.TierKind.TIER_KIND_SSD;
              case REMOTE -> io.kvasir.v1.TierKind.TIER_KIND_REMOTE;
            })
        .setName(tier.name())
        .setSlotCount(tier.slotCount())
        .setPersistent(tier.persistent())
        .setCodec(tier.codec())
        .setExact(tier.exact())
        .setEmulated(tier.emulated())
        .setReadBytesPerSecond(tier.readBytesPerSecond())
        .setWriteBytesPerSecond(tier.writeBytesPerSecond())
        .build();
  }

  /**
   * From the wire.
   *
   * @param path of the message, for errors
   * @throws IllegalArgumentException naming the field and the limit
   */
  static TierSpec decode(String path, Tier tier) {
    return new TierSpec(
        kind(path + "kind", tier.getKind()),
        WireCheck.text(path + "name", tier.getName(), WireLimits.MAX_ID_BYTES),
        WireCheck.range(path + "slot_count", tier.getSlotCount(), 1, WireLimits.MAX_TIER_SLOTS),
        tier.getPersistent(),
        WireCheck.text(path + "codec", tier.getCodec(), WireLimits.MAX_ID_BYTES),
        tier.getExact(),
        tier.getEmulated(),
        WireCheck.atLeast(path + "read_bytes_per_second", tier.getReadBytesPerSecond(), 1),
        WireCheck.atLeast(path + "write_bytes_per_second", tier.getWriteBytesPerSecond(), 1));
  }

  private static TierKind kind(String field, io.kvasir.v1.TierKind kind) {
    return switch (kind) {
      case TIER_KIND_DRAM -> TierKind.DRAM;
      case TIER_KIND_CXL -> TierKind.CXL;
      case TIER_KIND_SSD -> TierKind.SSD;
      case TIER_KIND_REMOTE -> TierKind.REMOTE;
      case TIER_KIND_UNSPECIFIED, UNRECOGNIZED -> throw WireCheck.unknown(field);
    };
  }
}

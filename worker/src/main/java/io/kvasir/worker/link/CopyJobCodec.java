package io.kvasir.worker.link;

import static io.kvasir.proto.WireLimits.MAX_BLOCK_DIMENSION;
import static io.kvasir.proto.WireLimits.MAX_COPY_BLOCKS;
import static io.kvasir.proto.WireLimits.MAX_KV_BLOCKS;
import static io.kvasir.proto.WireLimits.MAX_TIERS;
import static io.kvasir.proto.WireLimits.MAX_TIER_SLOTS;

import com.google.common.primitives.Ints;
import com.google.common.primitives.Longs;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyUrgency;

/** Copy jobs as records and on the wire. */
final class CopyJobCodec {
  private CopyJobCodec() {}

  static io.kvasir.v1.CopyJob encode(CopyJob job) {
    return io.kvasir.v1.CopyJob.newBuilder()
        .setJobId(job.jobId())
        .setKind(
            switch (job.kind()) {
              case STORE -> io.kvasir.v1.CopyKind.COPY_KIND_STORE;
              case LOAD -> io.kvasir.v1.CopyKind.COPY_KIND_LOAD;
              case MOVE -> io.kvasir.v1.CopyKind.COPY_KIND_MOVE;
            })
        .setUrgency(
            switch (job.urgency()) {
              case RESTORE -> io.kvasir.v1.CopyUrgency.COPY_URGENCY_RESTORE;
              case SWAP_OUT -> io.kvasir.v1.CopyUrgency.COPY_URGENCY_SWAP_OUT;
              case PREFETCH -> io.kvasir.v1.CopyUrgency.COPY_URGENCY_PREFETCH;
              case BACKGROUND -> io.kvasir.v1.CopyUrgency.COPY_URGENCY_BACKGROUND;
            })
        .setTier(job.tier())
        .setToTier(Math.max(0, job.toTier()))
        .addAllBlocks(Ints.asList(job.blocks()))
        .addAllSlots(Ints.asList(job.slots()))
        .addAllToSlots(Ints.asList(job.toSlots()))
        .addAllHashHi(Longs.asList(job.hashHi()))
        .addAllHashLo(Longs.asList(job.hashLo()))
        .addAllTokens(Ints.asList(job.tokens()))
        .addAllGenerations(Ints.asList(job.generations()))
        .addAllSaltTags(Ints.asList(job.saltTags()))
        .build();
  }

  /**
   * From the wire.
   *
   * @param path of the message, for errors
   * @throws IllegalArgumentException naming the field and the limit
   */
  static CopyJob decode(String path, io.kvasir.v1.CopyJob job) {
    CopyKind kind = kind(path + "kind", job.getKind());
    int count = job.getSlotsCount();
    WireCheck.entries(path + "slots", count, MAX_COPY_BLOCKS);
    try {
      return new CopyJob(
          WireCheck.atLeast(path + "job_id", job.getJobId(), 1),
          kind,
          urgency(path + "urgency", job.getUrgency()),
          WireCheck.range(path + "tier", job.getTier(), 0, MAX_TIERS - 1),
          kind == CopyKind.MOVE
              ? WireCheck.range(path + "to_tier", job.getToTier(), 0, MAX_TIERS - 1)
              : -1,
          WireCheck.ints(
              path + "blocks", job.getBlocksCount(), job::getBlocks, count, MAX_KV_BLOCKS - 1),
          WireCheck.ints(path + "slots", count, job::getSlots, count, MAX_TIER_SLOTS - 1),
          WireCheck.ints(
              path + "to_slots", job.getToSlotsCount(), job::getToSlots, count, MAX_TIER_SLOTS - 1),
          Longs.toArray(job.getHashHiList()),
          Longs.toArray(job.getHashLoList()),
          WireCheck.ints(
              path + "tokens", job.getTokensCount(), job::getTokens, count, MAX_BLOCK_DIMENSION),
          Ints.toArray(job.getGenerationsList()),
          Ints.toArray(job.getSaltTagsList()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(path + e.getMessage(), e);
    }
  }

  private static CopyKind kind(String field, io.kvasir.v1.CopyKind kind) {
    return switch (kind) {
      case COPY_KIND_STORE -> CopyKind.STORE;
      case COPY_KIND_LOAD -> CopyKind.LOAD;
      case COPY_KIND_MOVE -> CopyKind.MOVE;
      case COPY_KIND_UNSPECIFIED, UNRECOGNIZED -> throw WireCheck.unknown(field);
    };
  }

  private static CopyUrgency urgency(String field, io.kvasir.v1.CopyUrgency urgency) {
    return switch (urgency) {
      case COPY_URGENCY_RESTORE -> CopyUrgency.RESTORE;
      case COPY_URGENCY_SWAP_OUT -> CopyUrgency.SWAP_OUT;
      case COPY_URGENCY_PREFETCH -> CopyUrgency.PREFETCH;
      case COPY_URGENCY_BACKGROUND -> CopyUrgency.BACKGROUND;
      case COPY_URGENCY_UNSPECIFIED, UNRECOGNIZED -> throw WireCheck.unknown(field);
    };
  }
}

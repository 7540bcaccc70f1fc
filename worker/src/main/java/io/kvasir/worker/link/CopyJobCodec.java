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
import java.util.function.IntUnaryOperator;

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
              case PROBE -> io.kvasir.v1.CopyKind.COPY_KIND_PROBE;
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
    CopyUrgency urgency = urgency(path + "urgency", job.getUrgency());
    long jobId = WireCheck.atLeast(path + "job_id", job.getJobId(), 1);
    int tier = WireCheck.range(path + "tier", job.getTier(), 0, MAX_TIERS - 1);
    int toTier =
        kind == CopyKind.MOVE
            ? WireCheck.range(path + "to_tier", job.getToTier(), 0, MAX_TIERS - 1)
            : -1;
    int[] slots = slots(path + "slots", job.getSlotsCount(), job::getSlots);
    int[] toSlots = slots(path + "to_slots", job.getToSlotsCount(), job::getToSlots);
    int[] blocks =
        WireCheck.ints(
            path + "blocks",
            job.getBlocksCount(),
            job::getBlocks,
            MAX_COPY_BLOCKS,
            MAX_KV_BLOCKS - 1);
    int[] tokens =
        WireCheck.ints(
            path + "tokens",
            job.getTokensCount(),
            job::getTokens,
            MAX_COPY_BLOCKS,
            MAX_BLOCK_DIMENSION);
    try {
      return new CopyJob(
          jobId,
          kind,
          urgency,
          tier,
          toTier,
          blocks,
          slots,
          toSlots,
          Longs.toArray(job.getHashHiList()),
          Longs.toArray(job.getHashLoList()),
          tokens,
          Ints.toArray(job.getGenerationsList()),
          Ints.toArray(job.getSaltTagsList()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(path + e.getMessage(), e);
    }
  }

  private static int[] slots(String field, int count, IntUnaryOperator get) {
    return WireCheck.ints(field, count, get, MAX_COPY_BLOCKS, MAX_TIER_SLOTS - 1);
  }

  private static CopyKind kind(String field, io.kvasir.v1.CopyKind kind) {
    return switch (kind) {
      case COPY_KIND_STORE -> CopyKind.STORE;
      case COPY_KIND_LOAD -> CopyKind.LOAD;
      case COPY_KIND_MOVE -> CopyKind.MOVE;
      case COPY_KIND_PROBE -> CopyKind.PROBE;
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

package io.kvasir.worker.link;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.proto.WireLimits;
import io.kvasir.v1.WorkerHello;
import io.kvasir.worker.step.WorkerInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The handshake as a record and on the wire. */
public final class HelloCodec {
  private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");

  private HelloCodec() {}

  /** To the wire. */
  public static WorkerHello encode(WorkerInfo info) {
    BlockGeometry geometry = info.geometry();
    WorkerHello.Builder hello = WorkerHello.newBuilder();
    for (TierSpec tier : info.tiers()) {
      hello.addTiers(TierCodec.encode(tier));
    }
    return hello
        .setProtocolVersion(WireLimits.WORKER_PROTOCOL_VERSION)
        .setWorkerId(info.workerId())
        .setModelName(info.modelName())
        .setModelFingerprint(info.modelFingerprint())
        .setGeometry(
            io.kvasir.v1.BlockGeometry.newBuilder()
                .setLayers(geometry.layers())
                .setKvHeads(geometry.kvHeads())
                .setHeadDim(geometry.headDim())
                .setElementBytes(geometry.elementBytes())
                .setBlockTokens(geometry.blockTokens()))
        .setBlockCount(info.blockCount())
        .setMaxStepTokens(info.maxStepTokens())
        .setMaxRequests(info.maxRequests())
        .setContextLength(info.contextLength())
        .setVocabularySize(info.vocabularySize())
        .build();
  }

  /**
   * From the wire. The protocol version is the caller's to check, before.
   *
   * @throws IllegalArgumentException naming the field and the limit
   */
  public static WorkerInfo decode(WorkerHello hello) {
    String workerId =
        WireCheck.printable("hello.worker_id", hello.getWorkerId(), WireLimits.MAX_ID_BYTES);
    String modelName =
        WireCheck.text("hello.model_name", hello.getModelName(), WireLimits.MAX_MODEL_NAME_BYTES);
    if (!FINGERPRINT.matcher(hello.getModelFingerprint()).matches()) {
      throw new IllegalArgumentException(
          "hello.model_fingerprint: must be 64 lower-case hexadecimal digits");
    }
    return new WorkerInfo(
        workerId,
        modelName,
        hello.getModelFingerprint(),
        geometry(hello.getGeometry()),
        positive("block_count", hello.getBlockCount(), WireLimits.MAX_KV_BLOCKS),
        positive("max_step_tokens", hello.getMaxStepTokens(), WireLimits.MAX_CONTEXT_TOKENS),
        positive("max_requests", hello.getMaxRequests(), WireLimits.MAX_WORKER_REQUESTS),
        positive("context_length", hello.getContextLength(), WireLimits.MAX_CONTEXT_TOKENS),
        positive("vocabulary_size", hello.getVocabularySize(), WireLimits.MAX_VOCABULARY),
        tiers(hello));
  }

  private static List<TierSpec> tiers(WorkerHello hello) {
    WireCheck.entries("hello.tiers", hello.getTiersCount(), WireLimits.MAX_TIERS);
    List<TierSpec> tiers = new ArrayList<>();
    for (int i = 0; i < hello.getTiersCount(); i++) {
      tiers.add(TierCodec.decode("hello.tiers[" + i + "].", hello.getTiers(i)));
    }
    return tiers;
  }

  private static BlockGeometry geometry(io.kvasir.v1.BlockGeometry geometry) {
    return new BlockGeometry(
        dimension("layers", geometry.getLayers()),
        dimension("kv_heads", geometry.getKvHeads()),
        dimension("head_dim", geometry.getHeadDim()),
        dimension("element_bytes", geometry.getElementBytes()),
        dimension("block_tokens", geometry.getBlockTokens()));
  }

  private static int dimension(String field, int value) {
    return positive("geometry." + field, value, WireLimits.MAX_BLOCK_DIMENSION);
  }

  private static int positive(String field, int value, int max) {
    return WireCheck.range("hello." + field, value, 1, max);
  }
}

package io.kvasir.offload.codec;

import io.kvasir.kvpool.layout.BlockGeometry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The codecs for blocks of one shape, by name and by id. Suppliers give a new instance each time,
 * because an instance belongs to one thread; they, and this, may be shared.
 *
 * <p>Names: {@code raw}, {@code int8}, {@code cachegen} and, for its other levels, {@code
 * cachegen-finest}, {@code cachegen-fine} and {@code cachegen-coarse}. All levels have one id.
 */
public final class BlockCodecs {
  private final Map<String, Supplier<BlockCodec>> byName = new LinkedHashMap<>();
  private final Map<Integer, Supplier<BlockCodec>> byId = new LinkedHashMap<>();

  /**
   * The codecs for a shape.
   *
   * @param tables what the CacheGen-style codec uses
   */
  public BlockCodecs(BlockGeometry geometry, CodecTables tables) {
    byName.put("raw", () -> new RawCodec(geometry));
    byName.put("int8", () -> new Int8Codec(geometry));
    for (CacheGenLevel level : CacheGenLevel.values()) {
      byName.put(level.codecName(), () -> new CacheGenCodec(geometry, tables, level));
    }
    byId.put(RawCodec.ID, named("raw"));
    byId.put(Int8Codec.ID, named("int8"));
    byId.put(CacheGenCodec.ID, named(CacheGenLevel.MEDIUM.codecName()));
  }

  /** All names, least lossy first. */
  public List<String> names() {
    return List.copyOf(byName.keySet());
  }

  /**
   * The codec of a name. The supplier throws IllegalArgumentException if the codec cannot encode
   * blocks of this shape.
   *
   * @throws IllegalArgumentException if there is none; the message lists the known ones
   */
  public Supplier<BlockCodec> named(String name) {
    Supplier<BlockCodec> codec = byName.get(name);
    if (codec == null) {
      throw new IllegalArgumentException(
          "unknown codec '" + name + "'; known are " + String.join(", ", byName.keySet()));
    }
    return codec;
  }

  /**
   * The codec that decodes the blocks of an id.
   *
   * @throws IllegalArgumentException if there is none; the message lists the known ones
   */
  public Supplier<BlockCodec> withId(int id) {
    Supplier<BlockCodec> codec = byId.get(id);
    if (codec == null) {
      throw new IllegalArgumentException("unknown codec id " + id + "; known are " + byId.keySet());
    }
    return codec;
  }
}

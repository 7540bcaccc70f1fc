package io.kvasir.offload.codec;

import io.kvasir.kvpool.layout.BlockGeometry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The codecs for blocks of one shape, by name. Suppliers give a new instance each time, because an
 * instance belongs to one thread; they, and this, may be shared.
 *
 * <p>Names: {@code raw}, {@code int8}, {@code cachegen} and, for its other levels, {@code
 * cachegen-finest}, {@code cachegen-fine} and {@code cachegen-coarse}. All levels have one id.
 */
public final class BlockCodecs {
  private final Map<String, Supplier<BlockCodec>> byName = new LinkedHashMap<>();

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
}

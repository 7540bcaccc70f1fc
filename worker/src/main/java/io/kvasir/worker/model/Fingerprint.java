package io.kvasir.worker.model;

import io.kvasir.worker.model.gguf.GgufFile;
import io.kvasir.worker.model.gguf.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256, lower-case hex, of what identifies a model file without reading all of it: the header
 * (magic, all metadata, all tensor infos), the length of the file as a little-endian u64, and of
 * each tensor in file order its first and its last 4 KiB (all of it, twice, where it is shorter).
 */
final class Fingerprint {

  private static final long SAMPLE_BYTES = 4096;

  private Fingerprint() {}

  static String of(GgufFile file) {
    MessageDigest digest = sha256();
    digest.update(file.header().asByteBuffer());
    digest.update(
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(0, file.fileBytes()));
    for (Tensor tensor : file.tensors()) {
      MemorySegment data = tensor.data();
      long sample = Math.min(SAMPLE_BYTES, data.byteSize());
      digest.update(data.asSlice(0, sample).asByteBuffer());
      digest.update(data.asSlice(data.byteSize() - sample, sample).asByteBuffer());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

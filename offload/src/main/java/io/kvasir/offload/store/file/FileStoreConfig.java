package io.kvasir.offload.store.file;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.offload.store.RecordFormat;
import java.nio.file.Path;

/**
 * What a {@link FileStore} is to be.
 *
 * @param name of the tier, for people and metrics
 * @param path a file, made if it is not there, or a block device
 * @param bytes of the file or device that are used, its header among them
 * @param slotCount records at most, at least 1. Up to {@link #slotsFor} each has room at its
 *     largest; more make sense with a codec that makes blocks smaller, and then a write may fail
 *     because the file is full
 * @param maxRecordBytes largest record, a multiple of 4096
 * @param geometry shape of the blocks: a file with blocks of another is emptied
 * @param modelFingerprint likewise
 * @param dailyWriteBytes bytes written in any 24 hours at most, for the sake of the flash; {@link
 *     Long#MAX_VALUE} if it does not matter
 */
public record FileStoreConfig(
    String name,
    Path path,
    long bytes,
    int slotCount,
    int maxRecordBytes,
    BlockGeometry geometry,
    String modelFingerprint,
    long dailyWriteBytes) {

  public FileStoreConfig {
    if (maxRecordBytes < RecordFormat.ALIGNMENT || maxRecordBytes % RecordFormat.ALIGNMENT != 0) {
      throw new IllegalArgumentException(
          "%s: maxRecordBytes must be a multiple of %d, is %d"
              .formatted(name, RecordFormat.ALIGNMENT, maxRecordBytes));
    }
    if (slotCount < 1) {
      throw new IllegalArgumentException(name + ": slotCount must be at least 1, is " + slotCount);
    }
    if (slotsFor(bytes, maxRecordBytes) < 1) {
      throw new IllegalArgumentException(
          "%s: bytes must be at least %d, are %d"
              .formatted(name, FileLayout.DATA_OFFSET + (long) maxRecordBytes, bytes));
    }
    if (bytes > FileLayout.MAX_BYTES) {
      throw new IllegalArgumentException(
          "%s: bytes must be at most %d, are %d".formatted(name, FileLayout.MAX_BYTES, bytes));
    }
    if (dailyWriteBytes < 1) {
      throw new IllegalArgumentException(
          name + ": dailyWriteBytes must be at least 1, are " + dailyWriteBytes);
    }
  }

  /** Records that have room at their largest in a file of this size. */
  public static int slotsFor(long bytes, int maxRecordBytes) {
    long data = Math.max(0, bytes - FileLayout.DATA_OFFSET);
    return (int) Math.min(Integer.MAX_VALUE, data / maxRecordBytes);
  }
}

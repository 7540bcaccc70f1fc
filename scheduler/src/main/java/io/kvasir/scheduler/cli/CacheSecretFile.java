package io.kvasir.scheduler.cli;

import io.kvasir.scheduler.plan.CacheSecret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The cache secret in a file of 32 hexadecimal digits that only its owner may read. Prefixes hit
 * after a restart, or in another instance, only under the same secret.
 */
final class CacheSecretFile {
  private static final int BYTES = 16;

  private CacheSecretFile() {}

  /**
   * Reads the secret; makes a random one if there is no file.
   *
   * @throws IOException if the file cannot be read or made, or holds something else
   */
  static CacheSecret readOrMake(Path file) throws IOException {
    if (!Files.exists(file)) {
      make(file);
    }
    String text = Files.readString(file).strip();
    try {
      ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(text));
      if (bytes.remaining() == BYTES) {
        return new CacheSecret(bytes.getLong(), bytes.getLong());
      }
    } catch (IllegalArgumentException e) {
      // The message below says it; the text itself may be a secret.
    }
    throw new IOException(file + ": must hold 32 hexadecimal digits, the cache secret");
  }

  private static void make(Path file) throws IOException {
    byte[] secret = new byte[BYTES];
    new SecureRandom().nextBytes(secret);
    if (file.getParent() != null) {
      Files.createDirectories(file.getParent());
    }
    Path part = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      Files.createFile(
          part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(part, HexFormat.of().formatHex(secret) + "\n", StandardOpenOption.WRITE);
      Files.createLink(file, part);
    } catch (FileAlreadyExistsException e) {
      // Another process was faster: its secret holds.
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
